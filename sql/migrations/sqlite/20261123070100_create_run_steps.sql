-- One row per attempt at a step of a run.
CREATE TABLE run_steps (
    run_id            TEXT NOT NULL REFERENCES runs (run_id),
    step              TEXT NOT NULL,
    attempt           INTEGER NOT NULL,
    input_fingerprint TEXT NOT NULL,
    status            TEXT NOT NULL,
    started_at_us     INTEGER NOT NULL,
    finished_at_us    INTEGER,
    rows_in           INTEGER,
    rows_out          INTEGER,
    bytes             INTEGER,
    duration_ms       INTEGER,
    output_version    TEXT,
    error             TEXT,
    PRIMARY KEY (run_id, step, attempt)
) STRICT, WITHOUT ROWID;
