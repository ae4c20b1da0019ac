-- purpose: playlists that the slices hold and the table does not have, or has too often.
-- grain: one row; `checked` counts the usable playlists of the slices that were read.
-- inputs: raw_playlists, written
-- dialect: datafusion
-- step: playlists
-- allowed: 0
WITH delivered AS (
    SELECT
        _file AS source_file,
        count(*) AS playlist_count
    FROM raw_playlists
    GROUP BY _file
),

kept AS (
    SELECT
        source_file,
        count(*) AS playlist_count
    FROM written
    GROUP BY source_file
),

compared AS (
    SELECT
        coalesce(delivered.source_file, kept.source_file) AS source_file,
        coalesce(delivered.playlist_count, 0) AS delivered_count,
        coalesce(kept.playlist_count, 0) AS kept_count
    FROM delivered
    FULL JOIN kept ON delivered.source_file = kept.source_file
)

SELECT
    coalesce(sum(delivered_count), 0) AS checked,
    coalesce(sum(abs(delivered_count - kept_count)), 0) AS violations,
    min(
        CASE
            WHEN delivered_count <> kept_count
                THEN concat(kept_count, ' of ', delivered_count, ' playlists of ', source_file)
        END
    ) AS example
FROM compared
