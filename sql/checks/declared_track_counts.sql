-- purpose: playlists whose num_tracks is not the number of tracks in their array.
-- grain: one row; `checked` counts the playlists that were written and say how many tracks they have.
-- inputs: written
-- dialect: datafusion
-- step: playlists
-- allowed: 0.01
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE num_tracks <> track_count) AS violations,
    min(
        CASE
            WHEN num_tracks <> track_count
                THEN concat('pid ', pid, ' says ', num_tracks, ' and has ', track_count)
        END
    ) AS example
FROM written
WHERE num_tracks IS NOT NULL
