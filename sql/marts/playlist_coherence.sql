-- purpose: how well the tracks of a playlist go together.
-- grain: one row per playlist with at least two tracks (pid).
-- inputs: playlist_tracks, tracks, track_cooccurrence
-- dialect: datafusion
--
-- coherence     mean cosine of each track with the one after it, 0 if that is not among its 100 best neighbours;
--               a track that follows itself is left out
-- linked_share  share of these steps between neighbours, from 0 to 1
-- Playlists that trained track_cooccurrence are part of what they are measured by; held-out ones are not.
WITH numbered AS (
    SELECT
        playlist_tracks.pid,
        tracks.track_id,
        lead(tracks.track_id) OVER (PARTITION BY playlist_tracks.pid ORDER BY playlist_tracks.pos) AS next_track_id
    FROM playlist_tracks
    INNER JOIN tracks ON playlist_tracks.track_uri = tracks.track_uri
),

steps AS (
    SELECT
        pid,
        track_id,
        next_track_id
    FROM numbered
    WHERE next_track_id <> track_id
)

SELECT
    steps.pid,
    count(*) AS step_count,
    sum(coalesce(track_cooccurrence.cosine, 0)) / count(*) AS coherence,
    CAST(count(track_cooccurrence.cosine) AS DOUBLE) / count(*) AS linked_share
FROM steps
LEFT JOIN track_cooccurrence
    ON steps.track_id = track_cooccurrence.track_id AND steps.next_track_id = track_cooccurrence.neighbour_track_id
GROUP BY steps.pid
ORDER BY coherence DESC, steps.pid
