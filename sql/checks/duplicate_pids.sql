-- purpose: playlists that stand in the raw slices more than once; any row fails `playlists` and `playlist_tracks`.
-- grain: one row per pid that is not unique.
-- inputs: raw_playlists
SELECT
    pid,
    count(*) AS occurrence_count,
    min(_file) AS first_file,
    max(_file) AS last_file
FROM raw_playlists
GROUP BY pid
HAVING count(*) > 1
ORDER BY pid
LIMIT 5
