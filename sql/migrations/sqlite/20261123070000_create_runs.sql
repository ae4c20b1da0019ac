-- One row per pipeline run. Times are microseconds since 1970-01-01 UTC.
CREATE TABLE runs (
    run_id          TEXT NOT NULL PRIMARY KEY,
    pipeline        TEXT NOT NULL,
    triggered_by    TEXT NOT NULL,
    options_json    TEXT NOT NULL CHECK (json_valid(options_json)),
    fingerprint     TEXT NOT NULL,
    status          TEXT NOT NULL,
    error           TEXT,
    started_at_us   INTEGER NOT NULL,
    heartbeat_at_us INTEGER NOT NULL,
    finished_at_us  INTEGER
) STRICT;

CREATE INDEX runs_by_start ON runs (started_at_us);
CREATE INDEX runs_by_work ON runs (pipeline, fingerprint, started_at_us);
CREATE INDEX runs_by_status ON runs (status, heartbeat_at_us);
