-- purpose: tracks that are unusually short or long, and those without a length.
-- grain: one row per track that is flagged (track_uri), the most unusual first.
-- inputs: tracks
-- dialect: datafusion
--
-- modified_z  0.6745 (x - median) / MAD on the logarithm of the length, which is about symmetric (Iglewicz and Hoaglin
--             1993, How to Detect and Handle Outliers). If more than half of all lengths are equal the MAD is 0, and
--             1.2533 times the mean absolute deviation takes the place of MAD / 0.6745; if that is 0 too, NULL
-- verdict     'short' or 'long' beyond 3.5, or 'invalid' for a length that is missing or 0, which is not scored
WITH logarithms AS (
    SELECT
        track_uri,
        ln(duration_ms) AS log_duration
    FROM tracks
    WHERE duration_ms > 0
),

centre AS (
    SELECT median(log_duration) AS middle
    FROM logarithms
),

spread AS (
    SELECT
        median(abs(logarithms.log_duration - centre.middle)) / 0.6745 AS by_median,
        avg(abs(logarithms.log_duration - centre.middle)) * 1.2533 AS by_mean
    FROM logarithms
    CROSS JOIN centre
),

scored AS (
    SELECT
        logarithms.track_uri,
        (logarithms.log_duration - centre.middle)
        / CASE WHEN spread.by_median > 0 THEN spread.by_median ELSE nullif(spread.by_mean, 0) END AS modified_z
    FROM logarithms
    CROSS JOIN centre
    CROSS JOIN spread
)

SELECT
    tracks.track_uri,
    tracks.track_name,
    tracks.artist_name,
    tracks.duration_ms,
    scored.modified_z,
    CASE
        WHEN scored.track_uri IS NULL THEN 'invalid'
        WHEN scored.modified_z < 0 THEN 'short'
        ELSE 'long'
    END AS verdict
FROM tracks
LEFT JOIN scored ON tracks.track_uri = scored.track_uri
WHERE scored.track_uri IS NULL OR abs(scored.modified_z) > 3.5
ORDER BY abs(scored.modified_z) DESC NULLS LAST, tracks.track_uri
