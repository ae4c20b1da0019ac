-- One row per pipeline and lake: the run that works there and the process that does its work. A lease is held while its
-- run is running and not silent; `owner` is drawn anew by each process that takes it.
CREATE TABLE run_leases (
    pipeline    TEXT NOT NULL,
    lake_url    TEXT NOT NULL,
    run_id      TEXT,
    owner       TEXT,
    host        TEXT,
    taken_at_us INTEGER,
    PRIMARY KEY (pipeline, lake_url)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_leases_by_run ON run_leases (run_id);
