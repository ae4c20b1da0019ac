-- One row per run that somebody has asked to end. The run's own process looks for it, and ends the run.
CREATE TABLE run_cancellations (
    run_id          TEXT NOT NULL PRIMARY KEY REFERENCES runs (run_id),
    requested_by    TEXT NOT NULL,
    requested_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
