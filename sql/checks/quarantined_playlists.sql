-- purpose: playlists, and rests of slices, that were set aside because they cannot be used.
-- grain: one row; `checked` counts what the slices hold, usable or not.
-- inputs: playlists, quarantine
-- dialect: datafusion
-- step: playlists
-- allowed: 0.1
WITH rejected AS (
    SELECT
        count(*) AS rejected_count,
        min(concat(reason, ' in ', file, ' at byte ', byte_offset)) AS example
    FROM quarantine
),

used AS (
    SELECT count(*) AS used_count
    FROM playlists
)

SELECT
    used.used_count + rejected.rejected_count AS checked,
    rejected.rejected_count AS violations,
    rejected.example
FROM used
CROSS JOIN rejected
