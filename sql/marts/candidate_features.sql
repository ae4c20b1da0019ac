-- purpose: features of candidate tracks for reranking: how they go with each of a playlist's seeds.
-- grain: one row per held-out playlist and candidate (pid, track_id).
-- inputs: sequences, track_cooccurrence
-- dialect: datafusion
--
-- Candidates are the neighbours of a playlist's seeds that are no seeds themselves; for candidates of your own, put
-- another query in the place of `candidates`. A seed that does not have the candidate among its neighbours counts as 0
-- in each of the features. The conditional probability is that of the candidate given the seed.
--
-- is_held_out  whether the candidate is to be predicted
-- seed_count   distinct seeds of the playlist; linked_count those with the candidate among their neighbours
WITH held_out AS (
    SELECT
        pid,
        holdout_track_ids,
        array_distinct(seed_track_ids) AS seed_track_ids
    FROM sequences
    WHERE split <> 'train'
),

seeds AS (
    SELECT
        pid,
        unnest(seed_track_ids) AS track_id
    FROM held_out
),

candidates AS (
    SELECT DISTINCT
        seeds.pid,
        track_cooccurrence.neighbour_track_id AS track_id
    FROM seeds
    INNER JOIN track_cooccurrence ON seeds.track_id = track_cooccurrence.track_id
),

pairs AS (
    SELECT
        candidates.pid,
        candidates.track_id,
        coalesce(track_cooccurrence.pair_count, 0) AS pair_count,
        coalesce(track_cooccurrence.conditional, 0.0) AS conditional
    FROM candidates
    INNER JOIN seeds ON candidates.pid = seeds.pid
    LEFT JOIN track_cooccurrence
        ON seeds.track_id = track_cooccurrence.track_id
        AND candidates.track_id = track_cooccurrence.neighbour_track_id
)

SELECT
    pairs.pid,
    pairs.track_id,
    bool_or(array_has(held_out.holdout_track_ids, pairs.track_id)) AS is_held_out,
    count(*) AS seed_count,
    count(*) FILTER (WHERE pairs.pair_count > 0) AS linked_count,
    min(pairs.pair_count) AS pair_count_min,
    max(pairs.pair_count) AS pair_count_max,
    avg(pairs.pair_count) AS pair_count_mean,
    median(CAST(pairs.pair_count AS DOUBLE)) AS pair_count_median,
    min(pairs.conditional) AS conditional_min,
    max(pairs.conditional) AS conditional_max,
    avg(pairs.conditional) AS conditional_mean,
    median(pairs.conditional) AS conditional_median
FROM pairs
INNER JOIN held_out ON pairs.pid = held_out.pid
WHERE NOT array_has(held_out.seed_track_ids, pairs.track_id)
GROUP BY pairs.pid, pairs.track_id
