-- purpose: artists that go together in playlists, beyond what their popularity explains.
-- grain: one row per artist and neighbour (artist_uri, neighbour_uri).
-- inputs: playlist_tracks
-- dialect: datafusion
--
-- neighbour_rank  place by npmi, from 1 to 20
-- pair_count      playlists that hold both, at least 5
-- npmi            from -1 (never together) over 0 (as chance has it) to 1 (always together)
WITH neighbours AS (
    SELECT unnest(cooccurrence(pid, artist_uri, {k: 20, min_count: 5, rank_by: 'npmi'})) AS pair
    FROM playlist_tracks
),

names AS (
    SELECT
        artist_uri,
        min(artist_name) AS artist_name
    FROM playlist_tracks
    GROUP BY artist_uri
)

SELECT
    pair['item'] AS artist_uri,
    item.artist_name,
    pair['neighbour_rank'] AS neighbour_rank,
    pair['neighbour'] AS neighbour_uri,
    neighbour.artist_name AS neighbour_name,
    pair['pair_count'] AS pair_count,
    pair['npmi'] AS npmi
FROM neighbours
INNER JOIN names AS item ON pair['item'] = item.artist_uri
INNER JOIN names AS neighbour ON pair['neighbour'] = neighbour.artist_uri
ORDER BY 1, 3
