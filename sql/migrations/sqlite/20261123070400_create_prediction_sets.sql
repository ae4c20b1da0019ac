-- One row per set of predictions, that is per batch that becomes current as a whole. `state` is loading, published
-- (is or was current) or pruning. Counts are those that publication verified.
CREATE TABLE prediction_sets (
    set_no          INTEGER PRIMARY KEY AUTOINCREMENT,
    set_id          TEXT NOT NULL UNIQUE,
    run_id          TEXT,
    model_id        TEXT NOT NULL,
    state           TEXT NOT NULL,
    begun_at_us     INTEGER NOT NULL,
    published_at_us INTEGER,
    row_count       INTEGER,
    playlist_count  INTEGER
) STRICT;
