-- purpose: playlists that the slices hold more than once, so that their rows would double; keep one of each.
-- grain: one row; `checked` counts the playlists of the table as it would be.
-- inputs: playlists
-- dialect: datafusion
-- step: playlists
-- allowed: 0
WITH playlist AS (
    SELECT
        pid,
        count(*) AS occurrence_count,
        min(source_file) AS first_file,
        max(source_file) AS last_file
    FROM playlists
    GROUP BY pid
)

SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE occurrence_count > 1) AS violations,
    min(CASE WHEN occurrence_count > 1 THEN concat('pid ', pid, ' in ', first_file, ' and ', last_file) END) AS example
FROM playlist
