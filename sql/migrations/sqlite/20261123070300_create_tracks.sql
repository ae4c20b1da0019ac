-- One row per track ever predicted or described. `track_key` is what `predictions` holds: a small integer instead of a
-- 36-character URI. A row is never deleted, so a key never changes its meaning.
CREATE TABLE tracks (
    track_key   INTEGER PRIMARY KEY AUTOINCREMENT,
    track_uri   TEXT NOT NULL UNIQUE,
    track_name  TEXT,
    artist_name TEXT,
    album_name  TEXT,
    artist_uri  TEXT,
    album_uri   TEXT,
    duration_ms INTEGER
) STRICT;
