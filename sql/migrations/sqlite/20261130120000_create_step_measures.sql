-- One row per attempt at a step whose rows were measured: a JSON object of numbers by the names of the measures.
CREATE TABLE step_measures (
    run_id        TEXT NOT NULL REFERENCES runs (run_id),
    step          TEXT NOT NULL,
    attempt       INTEGER NOT NULL,
    measures_json TEXT NOT NULL CHECK (json_valid(measures_json)),
    PRIMARY KEY (run_id, step, attempt)
) STRICT, WITHOUT ROWID;
