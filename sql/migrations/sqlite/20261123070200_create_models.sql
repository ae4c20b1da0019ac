-- One row per trained model.
CREATE TABLE models (
    model_id      TEXT NOT NULL PRIMARY KEY,
    created_at_us INTEGER NOT NULL,
    lake_url      TEXT NOT NULL,
    metrics_json  TEXT NOT NULL CHECK (json_valid(metrics_json)),
    config_json   TEXT NOT NULL CHECK (json_valid(config_json))
) STRICT;

CREATE INDEX models_by_creation ON models (created_at_us);
