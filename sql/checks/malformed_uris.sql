-- purpose: tracks without a URI, or with one that is none or, of Spotify's, not of its kind; artists and albums may have none.
-- grain: one row; `checked` counts the tracks that were written.
-- inputs: written
-- dialect: datafusion
-- step: playlist_tracks
-- allowed: 0.001
WITH judged AS (
    SELECT
        pid,
        pos,
        track_uri,
        track_uri IS NULL
        OR track_uri NOT LIKE '_%:_%'
        OR artist_uri NOT LIKE '_%:_%'
        OR album_uri NOT LIKE '_%:_%'
        OR (track_uri LIKE 'spotify:%' AND track_uri NOT LIKE 'spotify:track:_%')
        OR (artist_uri LIKE 'spotify:%' AND artist_uri NOT LIKE 'spotify:artist:_%')
        OR (album_uri LIKE 'spotify:%' AND album_uri NOT LIKE 'spotify:album:_%') AS is_malformed
    FROM written
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE is_malformed) AS violations,
    min(CASE WHEN is_malformed THEN concat('pid ', pid, ', pos ', pos, ': ', coalesce(track_uri, 'no URI')) END) AS example
FROM judged
