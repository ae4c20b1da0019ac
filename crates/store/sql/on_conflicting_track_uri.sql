ON CONFLICT (track_uri) DO UPDATE SET
    track_name = COALESCE(excluded.track_name, track_name),
    artist_name = COALESCE(excluded.artist_name, artist_name),
    album_name = COALESCE(excluded.album_name, album_name),
    artist_uri = COALESCE(excluded.artist_uri, artist_uri),
    album_uri = COALESCE(excluded.album_uri, album_uri),
    duration_ms = COALESCE(excluded.duration_ms, duration_ms)
