-- One row per query that a client started. `owner` is the process that runs it and shows life in `heartbeat_at_us` until
-- the query has ended; the client's token makes a repeated request find the first one's query.
CREATE TABLE IF NOT EXISTS query_executions (
    query_execution_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    work_group           VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    client_request_token VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    state                VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    owner                VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    submitted_at_us      BIGINT UNSIGNED NOT NULL,
    heartbeat_at_us      BIGINT UNSIGNED NOT NULL,
    finished_at_us       BIGINT UNSIGNED NULL,
    record_json          MEDIUMTEXT NOT NULL,
    PRIMARY KEY (query_execution_id),
    UNIQUE KEY query_executions_by_token (client_request_token),
    KEY query_executions_by_group (work_group, submitted_at_us),
    KEY query_executions_by_state (state, heartbeat_at_us),
    CONSTRAINT query_executions_record_is_json CHECK (JSON_VALID(record_json))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
