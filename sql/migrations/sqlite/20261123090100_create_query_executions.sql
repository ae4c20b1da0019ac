-- One row per query that a client started. `owner` is the process that runs it and shows life in `heartbeat_at_us` until
-- the query has ended; the client's token makes a repeated request find the first one's query.
CREATE TABLE query_executions (
    query_execution_id   TEXT NOT NULL PRIMARY KEY,
    work_group           TEXT NOT NULL,
    client_request_token TEXT UNIQUE,
    state                TEXT NOT NULL,
    owner                TEXT NOT NULL,
    submitted_at_us      INTEGER NOT NULL,
    heartbeat_at_us      INTEGER NOT NULL,
    finished_at_us       INTEGER,
    record_json          TEXT NOT NULL CHECK (json_valid(record_json))
) STRICT;

CREATE INDEX query_executions_by_group ON query_executions (work_group, submitted_at_us);
CREATE INDEX query_executions_by_state ON query_executions (state, heartbeat_at_us);
