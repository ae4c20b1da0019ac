-- purpose: for every track the 100 tracks that it goes together with best.
-- grain: one row per track and neighbour (track_id, neighbour_track_id); neighbours share at least 2 playlists.
-- inputs: sequences (its training part only, so that nothing held out leaks into a model)
-- dialect: datafusion
--
-- neighbour_rank  place by cosine, from 1
-- pair_count      training playlists that hold both
-- track_count     training playlists that hold the track; neighbour_count likewise
-- the measures    see `cooccurrence` in the SQL reference
WITH training AS (
    SELECT
        pid,
        unnest(seed_track_ids) AS track_id
    FROM sequences
    WHERE split = 'train'
),

neighbours AS (
    SELECT unnest(cooccurrence(pid, track_id, {k: 100, min_count: 2, rank_by: 'cosine'})) AS pair
    FROM training
)

SELECT
    pair['item'] AS track_id,
    pair['neighbour'] AS neighbour_track_id,
    pair['neighbour_rank'] AS neighbour_rank,
    pair['pair_count'] AS pair_count,
    pair['item_count'] AS track_count,
    pair['neighbour_count'] AS neighbour_count,
    pair['cosine'] AS cosine,
    pair['jaccard'] AS jaccard,
    pair['lift'] AS lift,
    pair['npmi'] AS npmi,
    pair['conditional'] AS conditional,
    pair['pmi'] AS pmi
FROM neighbours
