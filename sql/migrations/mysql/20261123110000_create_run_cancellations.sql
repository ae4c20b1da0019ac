-- One row per run that somebody has asked to end. The run's own process looks for it, and ends the run.
CREATE TABLE IF NOT EXISTS run_cancellations (
    run_id          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    requested_by    VARCHAR(255) NOT NULL,
    requested_at_us BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (run_id),
    CONSTRAINT run_cancellations_have_a_run FOREIGN KEY (run_id) REFERENCES runs (run_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
