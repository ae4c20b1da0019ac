-- What applications read: the rows of the published set, with names. Readers need SELECT on the tables beneath
-- (SQL SECURITY INVOKER), so that the view outlives the account that made it.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW current_predictions AS
SELECT
    predictions.playlist_id,
    predictions.rank_no,
    tracks.track_uri,
    predictions.score,
    tracks.track_name,
    tracks.artist_name,
    tracks.album_name,
    tracks.artist_uri,
    tracks.album_uri,
    tracks.duration_ms,
    published.set_no
FROM published
JOIN predictions ON predictions.set_no = published.set_no
LEFT JOIN tracks ON tracks.track_key = predictions.track_key
WHERE published.slot = 'next_track';
