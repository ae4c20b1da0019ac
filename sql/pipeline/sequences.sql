-- purpose: what the trainer reads; decides which playlists train and which measure.
-- grain: one row per playlist that has tracks (pid).
-- inputs: playlists, playlist_tracks, tracks
-- dialect: datafusion
--
-- split              'train' for about 90 % of the playlists, 'validation' and 'test' for about 5 % each; it depends on
--                    the pid only, so a playlist keeps its part from night to night
-- seed_track_ids     the tracks in order; of a held-out playlist only the first half, at least one
-- holdout_track_ids  the rest of a held-out playlist, which a model must predict; empty for 'train'
WITH ordered AS (
    SELECT
        playlist_tracks.pid,
        array_agg_ordered(tracks.track_id, playlist_tracks.pos) AS track_ids,
        count(*) AS length
    FROM playlist_tracks
    INNER JOIN tracks ON playlist_tracks.track_uri = tracks.track_uri
    GROUP BY playlist_tracks.pid
),

split AS (
    SELECT
        pid,
        track_ids,
        length,
        CASE hash_bucket(pid, 20)
            WHEN 0 THEN 'test'
            WHEN 1 THEN 'validation'
            ELSE 'train'
        END AS split
    FROM ordered
),

cut AS (
    SELECT
        pid,
        track_ids,
        split,
        length,
        CASE split
            WHEN 'train' THEN length
            ELSE greatest(1, length / 2)
        END AS seed_length
    FROM split
)

SELECT
    cut.pid,
    playlists.name,
    cut.split,
    array_slice(cut.track_ids, 1, cut.seed_length) AS seed_track_ids,
    array_slice(cut.track_ids, cut.seed_length + 1, cut.length) AS holdout_track_ids
FROM cut
INNER JOIN playlists ON cut.pid = playlists.pid
