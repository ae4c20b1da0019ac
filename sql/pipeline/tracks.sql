-- purpose: every track once, with its attributes and how often it is used.
-- grain: one row per track (track_uri); track_id numbers them from 0 in the order of their URIs.
-- inputs: playlist_tracks
-- dialect: datafusion
--
-- track_id          valid within one version of this table only; track_uri is the lasting key. It breaks ties further on,
--                   so it must not depend on what held-out playlists hold: URIs do not, use counts would
-- playlist_count    playlists that hold the track
-- occurrence_count  rows of playlist_tracks with the track
WITH counted AS (
    SELECT
        track_uri,
        min(track_name) AS track_name,
        min(artist_uri) AS artist_uri,
        min(artist_name) AS artist_name,
        min(album_uri) AS album_uri,
        min(album_name) AS album_name,
        min(duration_ms) AS duration_ms,
        count(DISTINCT pid) AS playlist_count,
        count(*) AS occurrence_count
    FROM playlist_tracks
    GROUP BY track_uri
)

SELECT
    CAST(row_number() OVER (ORDER BY track_uri) AS BIGINT) - 1 AS track_id,
    track_uri,
    track_name,
    artist_uri,
    artist_name,
    album_uri,
    album_name,
    duration_ms,
    playlist_count,
    occurrence_count
FROM counted
