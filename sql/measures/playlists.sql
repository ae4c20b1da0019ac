-- purpose: what the playlists of a delivery are like.
-- grain: one row; a column for each measure, `measured` counts the playlists that were written.
-- inputs: written
-- step: playlists
SELECT
    count(*) AS measured,
    avg(track_count) AS mean_tracks,
    avg(CASE WHEN normalized_name IS NULL OR normalized_name = '' THEN 1.0 ELSE 0.0 END) AS share_without_title,
    avg(CASE WHEN description IS NULL THEN 0.0 ELSE 1.0 END) AS share_with_description,
    avg(CASE WHEN is_collaborative THEN 1.0 ELSE 0.0 END) AS share_collaborative,
    avg(CASE WHEN num_followers IS NULL THEN 1.0 ELSE 0.0 END) AS share_without_followers,
    avg(CASE WHEN modified_at IS NULL THEN 1.0 ELSE 0.0 END) AS share_without_time
FROM written
