-- purpose: the playlists without their tracks.
-- grain: one row per playlist (pid).
-- inputs: raw_playlists
-- dialect: datafusion
--
-- name             as its owner wrote it; NULL if the playlist has no title
-- normalized_name  name in lower case without punctuation, to compare titles
-- is_collaborative whether others may edit it
-- modified_at      last change, UTC
-- num_tracks       as the slice says; track_count is how many there are
-- duration_ms      sum over its tracks, milliseconds
-- source_file      the slice that it came from
SELECT
    pid,
    name,
    normalize_title(name) AS normalized_name,
    description,
    collaborative AS is_collaborative,
    to_timestamp_seconds(modified_at) AS modified_at,
    num_tracks,
    cardinality(tracks) AS track_count,
    num_albums,
    num_artists,
    num_followers,
    num_edits,
    duration_ms,
    _file AS source_file
FROM raw_playlists
