-- One row per pipeline run. Times are microseconds since 1970-01-01 UTC.
CREATE TABLE IF NOT EXISTS runs (
    run_id          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    pipeline        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    triggered_by    VARCHAR(255) NOT NULL,
    options_json    MEDIUMTEXT NOT NULL,
    fingerprint     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    error           TEXT NULL,
    started_at_us   BIGINT UNSIGNED NOT NULL,
    heartbeat_at_us BIGINT UNSIGNED NOT NULL,
    finished_at_us  BIGINT UNSIGNED NULL,
    PRIMARY KEY (run_id),
    KEY runs_by_start (started_at_us),
    KEY runs_by_work (pipeline, fingerprint, started_at_us),
    KEY runs_by_status (status, heartbeat_at_us),
    CONSTRAINT runs_options_are_json CHECK (JSON_VALID(options_json))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
