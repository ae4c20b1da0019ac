-- purpose: what the tracks of a delivery's playlists are like.
-- grain: one row; a column for each measure, `measured` counts the tracks that were written.
-- inputs: written
-- step: playlist_tracks
SELECT
    count(*) AS measured,
    CAST(approx_distinct(track_uri) AS DOUBLE) / approx_distinct(pid) AS mean_new_tracks,
    CAST(approx_distinct(artist_uri) AS DOUBLE) / approx_distinct(track_uri) AS mean_artists_of_track,
    avg(duration_ms) AS mean_duration_ms,
    avg(CASE WHEN track_name IS NULL OR track_name = '' THEN 1.0 ELSE 0.0 END) AS share_without_name,
    avg(CASE WHEN artist_uri IS NULL THEN 1.0 ELSE 0.0 END) AS share_without_artist,
    avg(CASE WHEN album_uri IS NULL THEN 1.0 ELSE 0.0 END) AS share_without_album,
    avg(CASE WHEN duration_ms IS NULL THEN 1.0 ELSE 0.0 END) AS share_without_duration
FROM written
