-- The audit log is searched: by call, by project, and for what did not end well.
UPDATE meta SET number = 2 WHERE name = 'schema';

CREATE INDEX audit_call ON audit (call, seq) WHERE phase <> 2;
CREATE INDEX audit_project ON audit (project, seq) WHERE phase <> 2;

-- An end tells of the entry that it ends. Only few entries are in it: nearly everything is done.
CREATE INDEX audit_outcome ON audit (outcome, (coalesce(begun, seq))) WHERE phase <> 1 AND outcome <> 'done';
