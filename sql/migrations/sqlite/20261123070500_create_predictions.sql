-- One row per set, playlist and rank; ranks of a playlist are 1, 2, ... without a gap.
CREATE TABLE predictions (
    set_no      INTEGER NOT NULL,
    playlist_id INTEGER NOT NULL,
    rank_no     INTEGER NOT NULL,
    track_key   INTEGER NOT NULL,
    score       REAL NOT NULL,
    PRIMARY KEY (set_no, playlist_id, rank_no)
) STRICT, WITHOUT ROWID;
