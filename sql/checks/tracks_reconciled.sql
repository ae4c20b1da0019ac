-- purpose: tracks of playlists that the table does not have, or has too often.
-- grain: one row; `checked` counts the tracks that the playlists of the slices that were read have.
-- inputs: playlists, written
-- dialect: datafusion
-- step: playlist_tracks
-- allowed: 0
WITH kept AS (
    SELECT
        pid,
        count(*) AS track_count
    FROM written
    GROUP BY pid
),

compared AS (
    SELECT
        playlists.pid,
        playlists.track_count AS delivered_count,
        coalesce(kept.track_count, 0) AS kept_count
    FROM playlists
    LEFT JOIN kept ON playlists.pid = kept.pid
    WHERE playlists.source_file IN (SELECT DISTINCT source_file FROM written)
)

SELECT
    coalesce(sum(delivered_count), 0) AS checked,
    coalesce(sum(abs(delivered_count - kept_count)), 0) AS violations,
    min(
        CASE
            WHEN delivered_count <> kept_count
                THEN concat(kept_count, ' of ', delivered_count, ' tracks of pid ', pid)
        END
    ) AS example
FROM compared
