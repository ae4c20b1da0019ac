-- One row per track ever predicted or described. `track_key` is what `predictions` holds: 4 bytes instead of a
-- 36-character URI. A row is never deleted, so a key never changes its meaning.
CREATE TABLE IF NOT EXISTS tracks (
    track_key   INT UNSIGNED NOT NULL AUTO_INCREMENT,
    track_uri   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    track_name  TEXT NULL,
    artist_name TEXT NULL,
    album_name  TEXT NULL,
    artist_uri  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    album_uri   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    duration_ms INT UNSIGNED NULL,
    PRIMARY KEY (track_key),
    UNIQUE KEY tracks_by_uri (track_uri)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
