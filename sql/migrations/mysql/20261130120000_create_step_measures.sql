-- One row per attempt at a step whose rows were measured: a JSON object of numbers by the names of the measures.
CREATE TABLE IF NOT EXISTS step_measures (
    run_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    step          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempt       INT UNSIGNED NOT NULL,
    measures_json MEDIUMTEXT NOT NULL,
    PRIMARY KEY (run_id, step, attempt),
    CONSTRAINT step_measures_have_a_run FOREIGN KEY (run_id) REFERENCES runs (run_id),
    CONSTRAINT step_measures_are_json CHECK (JSON_VALID(measures_json))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
