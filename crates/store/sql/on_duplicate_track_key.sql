ON DUPLICATE KEY UPDATE
    track_name = COALESCE(VALUES(track_name), track_name),
    artist_name = COALESCE(VALUES(artist_name), artist_name),
    album_name = COALESCE(VALUES(album_name), album_name),
    artist_uri = COALESCE(VALUES(artist_uri), artist_uri),
    album_uri = COALESCE(VALUES(album_uri), album_uri),
    duration_ms = COALESCE(VALUES(duration_ms), duration_ms)
