-- One row per set of predictions, that is per batch that becomes current as a whole. `state` is loading, published
-- (is or was current) or pruning. Counts are those that publication verified.
CREATE TABLE IF NOT EXISTS prediction_sets (
    set_no          INT UNSIGNED NOT NULL AUTO_INCREMENT,
    set_id          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    run_id          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    model_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    begun_at_us     BIGINT UNSIGNED NOT NULL,
    published_at_us BIGINT UNSIGNED NULL,
    row_count       BIGINT UNSIGNED NULL,
    playlist_count  BIGINT UNSIGNED NULL,
    PRIMARY KEY (set_no),
    UNIQUE KEY prediction_sets_by_id (set_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
