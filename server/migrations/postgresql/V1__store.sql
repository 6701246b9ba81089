-- The store: content is sealed in `body`; only what must be searched, joined or counted stands in clear. The tables are
-- those of the SQLite store; texts are compared byte by byte, as there.

-- Counters stand in `number`, marks in `value`: the schema's version, the configuration's revision, a tick for rows
-- outside of it; the check of the key, the head of the audit chain. Its head is written with every transaction, so pages
-- have room for its next version.
CREATE TABLE meta (
    name   text COLLATE "C" PRIMARY KEY,
    number bigint,
    value  bytea,
    CHECK ((number IS NULL) <> (value IS NULL))
) WITH (fillfactor = 50);

INSERT INTO meta (name, number) VALUES ('schema', 1), ('revision', 0), ('tick', 0);

-- Numbers of servers: each takes one when it starts, and holds the advisory lock of that number for as long as it lives.
CREATE SEQUENCE server AS integer;

CREATE TABLE record (
    kind     text COLLATE "C" NOT NULL,
    project  text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    body     bytea  NOT NULL,
    PRIMARY KEY (kind, project, id)
);

-- Times are microseconds since 1970, UTC.
CREATE TABLE session (
    hash      bytea  PRIMARY KEY,
    person    text COLLATE "C" NOT NULL,
    created   bigint NOT NULL,
    last_seen bigint NOT NULL,
    ends      bigint NOT NULL,
    body      bytea  NOT NULL
);

CREATE INDEX session_person ON session (person);

CREATE TABLE audit (
    seq     bigint PRIMARY KEY,
    at      bigint NOT NULL,
    phase   bigint NOT NULL,
    begun   bigint,
    person  text COLLATE "C" NOT NULL,
    call    text COLLATE "C" NOT NULL,
    project text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    body    bytea  NOT NULL,
    chain   bytea  NOT NULL
);

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_person ON audit (person, seq) WHERE phase <> 2;
CREATE UNIQUE INDEX audit_begun ON audit (begun) WHERE begun IS NOT NULL;

-- Begins that have no end yet, and whose they are: the end of a server that is gone is written by another one.
CREATE TABLE audit_open (
    seq    bigint PRIMARY KEY,
    server integer
);

-- `server` is the one that writes the upload: no other one takes it for abandoned.
CREATE TABLE upload_chunk (
    upload text COLLATE "C" NOT NULL,
    idx    bigint  NOT NULL,
    body   bytea   NOT NULL,
    server integer,
    PRIMARY KEY (upload, idx)
);

-- What is sealed does not become shorter.
ALTER TABLE record ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE upload_chunk ALTER COLUMN body SET STORAGE EXTERNAL;
