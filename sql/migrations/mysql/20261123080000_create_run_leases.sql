-- One row per pipeline and lake: the run that works there and the process that does its work. A lease is held while its
-- run is running and not silent; `owner` is drawn anew by each process that takes it.
CREATE TABLE IF NOT EXISTS run_leases (
    pipeline    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lake_url    VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    run_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    owner       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    host        VARCHAR(255) NULL,
    taken_at_us BIGINT UNSIGNED NULL,
    PRIMARY KEY (pipeline, lake_url),
    KEY run_leases_by_run (run_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
