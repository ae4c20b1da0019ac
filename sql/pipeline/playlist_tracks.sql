-- purpose: the tracks of every playlist, in order.
-- grain: one row per track of a playlist (pid, pos); a track may stand in a playlist more than once.
-- inputs: raw_playlists
-- dialect: datafusion
--
-- pos          place in the playlist, from 0
-- duration_ms  length of the track, milliseconds
-- source_file  the slice that it came from
WITH entries AS (
    SELECT
        pid,
        _file,
        unnest(tracks) AS track
    FROM raw_playlists
)

SELECT
    pid,
    track['pos'] AS pos,
    track['track_uri'] AS track_uri,
    track['track_name'] AS track_name,
    track['artist_uri'] AS artist_uri,
    track['artist_name'] AS artist_name,
    track['album_uri'] AS album_uri,
    track['album_name'] AS album_name,
    track['duration_ms'] AS duration_ms,
    _file AS source_file
FROM entries
