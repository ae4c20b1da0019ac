SELECT
    artist,
    count(*) AS plays,
    sum(ms) AS total_ms
FROM {{ source('lake', 'plays') }}
WHERE artist IS NOT NULL
GROUP BY artist
