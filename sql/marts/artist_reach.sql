-- purpose: how often artists are used, and how many playlists they reach.
-- grain: one row per artist (artist_uri), those in most playlists first.
-- inputs: playlist_tracks
-- dialect: datafusion
--
-- occurrence_count     rows of playlist_tracks with a track of the artist
-- playlist_count       playlists with at least one
-- reach                share of all playlists, from 0 to 1
-- tracks_per_playlist  rows per playlist that has any: high for artists whose fans take whole albums
WITH playlist_total AS (
    SELECT count(DISTINCT pid) AS playlist_count
    FROM playlist_tracks
),

counted AS (
    SELECT
        artist_uri,
        min(artist_name) AS artist_name,
        count(*) AS occurrence_count,
        count(DISTINCT pid) AS playlist_count,
        count(DISTINCT track_uri) AS track_count
    FROM playlist_tracks
    GROUP BY artist_uri
)

SELECT
    counted.artist_uri,
    counted.artist_name,
    counted.occurrence_count,
    counted.playlist_count,
    counted.track_count,
    CAST(counted.playlist_count AS DOUBLE) / playlist_total.playlist_count AS reach,
    CAST(counted.occurrence_count AS DOUBLE) / counted.playlist_count AS tracks_per_playlist
FROM counted
CROSS JOIN playlist_total
ORDER BY counted.playlist_count DESC, counted.artist_uri
