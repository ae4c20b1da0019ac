-- One row per attempt at a step of a run.
CREATE TABLE IF NOT EXISTS run_steps (
    run_id            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    step              VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempt           INT UNSIGNED NOT NULL,
    input_fingerprint VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status            VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    started_at_us     BIGINT UNSIGNED NOT NULL,
    finished_at_us    BIGINT UNSIGNED NULL,
    rows_in           BIGINT UNSIGNED NULL,
    rows_out          BIGINT UNSIGNED NULL,
    bytes             BIGINT UNSIGNED NULL,
    duration_ms       BIGINT UNSIGNED NULL,
    output_version    VARCHAR(255) NULL,
    error             TEXT NULL,
    PRIMARY KEY (run_id, step, attempt),
    CONSTRAINT run_steps_have_a_run FOREIGN KEY (run_id) REFERENCES runs (run_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
