-- purpose: playlists whose tracks come from more than one slice, so that they would double; keep one of each.
-- grain: one row; `checked` counts the playlists of the table as it would be.
-- inputs: playlist_tracks
-- dialect: datafusion
-- step: playlist_tracks
-- allowed: 0
WITH playlist AS (
    SELECT
        pid,
        min(source_file) AS first_file,
        max(source_file) AS last_file
    FROM playlist_tracks
    GROUP BY pid
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE first_file <> last_file) AS violations,
    min(CASE WHEN first_file <> last_file THEN concat('pid ', pid, ' in ', first_file, ' and ', last_file) END) AS example
FROM playlist
