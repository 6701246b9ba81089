-- The store: content is sealed in `body`; only what must be searched, joined or counted stands in clear.
PRAGMA user_version = 1;

-- Counters and marks: the configuration's revision, a tick for rows outside of it, the check of the key, the head of
-- the audit chain.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (name, value) VALUES ('revision', 0), ('tick', 0);

CREATE TABLE record (
    kind     TEXT    NOT NULL,
    project  TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (kind, project, id)
) STRICT, WITHOUT ROWID;

-- Times are microseconds since 1970, UTC.
CREATE TABLE session (
    hash      BLOB    PRIMARY KEY,
    person    TEXT    NOT NULL,
    created   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    ends      INTEGER NOT NULL,
    body      BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_person ON session (person);

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    phase   INTEGER NOT NULL,
    begun   INTEGER,
    person  TEXT    NOT NULL,
    call    TEXT    NOT NULL,
    project TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    body    BLOB    NOT NULL,
    chain   BLOB    NOT NULL
) STRICT;

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_person ON audit (person, seq) WHERE phase <> 2;
CREATE UNIQUE INDEX audit_begun ON audit (begun) WHERE begun IS NOT NULL;

-- Begins that have no end yet, so that the start need not look through the whole log for them.
CREATE TABLE audit_open (
    seq INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE upload_chunk (
    upload TEXT    NOT NULL,
    idx    INTEGER NOT NULL,
    body   BLOB    NOT NULL,
    PRIMARY KEY (upload, idx)
) STRICT;
