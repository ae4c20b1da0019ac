-- One row per set, playlist and rank; ranks of a playlist are 1, 2, ... without a gap. No foreign keys: they would cost
-- an index on track_key as large as the table and a lookup per row loaded.
CREATE TABLE IF NOT EXISTS predictions (
    set_no      INT UNSIGNED NOT NULL,
    playlist_id BIGINT UNSIGNED NOT NULL,
    rank_no     SMALLINT UNSIGNED NOT NULL,
    track_key   INT UNSIGNED NOT NULL,
    score       FLOAT NOT NULL,
    PRIMARY KEY (set_no, playlist_id, rank_no)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
