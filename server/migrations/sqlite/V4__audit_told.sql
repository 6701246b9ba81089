-- The ways of searching the audit log are told 1,024 entries at a time. An index that each entry goes into touches a page of
-- its own for nearly each: that was most of what a commit wrote. A search looks through the newest entries by itself. No trigger
-- tells them (`tell` in `audit_search.rs` does): it would make SQLite set pages aside with every entry.
PRAGMA user_version = 4;

DROP INDEX audit_at;
DROP INDEX audit_person;
DROP INDEX audit_call;
DROP INDEX audit_project;

-- Whose entry it is (1), of which call (2), and in which project (3).
CREATE TABLE audit_told (
    what  INTEGER NOT NULL,
    value TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (what, value, seq)
) STRICT, WITHOUT ROWID;

-- Between which times the entries of a block lie; block 1 has the entries 1 to 1024.
CREATE TABLE audit_block (
    block INTEGER PRIMARY KEY,
    least INTEGER NOT NULL,
    most  INTEGER NOT NULL
) STRICT;

-- What is there already, as far as its block is whole.
INSERT INTO audit_told (what, value, seq)
SELECT 1, person, seq FROM audit
WHERE phase <> 2 AND seq <= (SELECT coalesce(max(seq), 0) >> 10 << 10 FROM audit) ORDER BY person, seq;
INSERT INTO audit_told (what, value, seq)
SELECT 2, call, seq FROM audit
WHERE phase <> 2 AND seq <= (SELECT coalesce(max(seq), 0) >> 10 << 10 FROM audit) ORDER BY call, seq;
INSERT INTO audit_told (what, value, seq)
SELECT 3, project, seq FROM audit
WHERE phase <> 2 AND seq <= (SELECT coalesce(max(seq), 0) >> 10 << 10 FROM audit) ORDER BY project, seq;
INSERT INTO audit_block (block, least, most)
SELECT (seq + 1023) >> 10, min(at), max(at) FROM audit
WHERE seq <= (SELECT coalesce(max(seq), 0) >> 10 << 10 FROM audit) GROUP BY 1;
