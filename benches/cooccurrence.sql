-- purpose: the query of `make bench-cooccurrence`; rivals say the same in their own words, see benches/rivals.
-- grain: one row per track and neighbour; neighbours share at least 2 playlists, the 100 with the highest cosine are kept.
-- inputs: entries
SELECT
    pair['item'] AS item,
    pair['neighbour'] AS neighbour,
    pair['neighbour_rank'] AS neighbour_rank,
    pair['pair_count'] AS pair_count,
    pair['cosine'] AS cosine,
    pair['jaccard'] AS jaccard,
    pair['lift'] AS lift,
    pair['conditional'] AS conditional
FROM (SELECT unnest(cooccurrence(pid, track_uri, {k: 100, min_count: 2, rank_by: 'cosine'})) AS pair FROM entries)
