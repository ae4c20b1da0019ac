-- One row per thing that people were told of: how it stood when they were told last. Who wants to tell them again first
-- compares, so that nobody is told twice.
CREATE TABLE notices (
    notice_key TEXT NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL,
    told_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
