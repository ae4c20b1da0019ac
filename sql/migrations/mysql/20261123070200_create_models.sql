-- One row per trained model.
CREATE TABLE IF NOT EXISTS models (
    model_id      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at_us BIGINT UNSIGNED NOT NULL,
    lake_url      VARCHAR(2048) NOT NULL,
    metrics_json  MEDIUMTEXT NOT NULL,
    config_json   MEDIUMTEXT NOT NULL,
    PRIMARY KEY (model_id),
    KEY models_by_creation (created_at_us),
    CONSTRAINT models_metrics_are_json CHECK (JSON_VALID(metrics_json)),
    CONSTRAINT models_config_is_json CHECK (JSON_VALID(config_json))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
