-- One row per named document of the data catalog and of the query endpoint: databases, tables, partitions, workgroups and
-- so on. `kind` tells which, `parent` names what holds it, and `revision` grows with every change, so that of two writers
-- who read the same revision one is refused.
CREATE TABLE documents (
    kind          TEXT NOT NULL,
    parent        TEXT NOT NULL,
    name          TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    body_json     TEXT NOT NULL CHECK (json_valid(body_json)),
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,
    PRIMARY KEY (kind, parent, name)
) STRICT, WITHOUT ROWID;
