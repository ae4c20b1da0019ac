-- purpose: tracks that last no time.
-- grain: one row; `checked` counts the tracks that were written.
-- inputs: written
-- dialect: datafusion
-- step: playlist_tracks
-- allowed: 0.05
SELECT
    count(*) AS checked,
    count(*) FILTER (WHERE duration_ms <= 0) AS violations,
    min(CASE WHEN duration_ms <= 0 THEN concat('pid ', pid, ', pos ', pos, ': ', duration_ms, ' ms') END) AS example
FROM written
