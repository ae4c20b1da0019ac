-- purpose: the query of `make bench-flatten`; rivals say the same in their own words, see benches/rivals.
-- grain: one row per track of a playlist (pid, pos); a track may stand in a playlist more than once.
-- inputs: raw_playlists
--
-- collaborative  a boolean; the slices have it as the text "true" or "false"
-- modified_at    seconds since 1970
-- pos            place in the playlist, from 0
-- duration_ms    length of the track, milliseconds
WITH entries AS (
    SELECT
        pid,
        name,
        collaborative,
        modified_at,
        num_followers,
        unnest(tracks) AS track
    FROM raw_playlists
)

SELECT
    pid,
    name,
    collaborative,
    modified_at,
    num_followers,
    track['pos'] AS pos,
    track['track_uri'] AS track_uri,
    track['track_name'] AS track_name,
    track['artist_uri'] AS artist_uri,
    track['artist_name'] AS artist_name,
    track['album_uri'] AS album_uri,
    track['album_name'] AS album_name,
    track['duration_ms'] AS duration_ms
FROM entries
