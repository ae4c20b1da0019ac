-- purpose: how mood moves from the beginning to the end of playlists, from attributes of tracks that you bring.
-- grain: one row per tenth of a playlist's length (tenth, 1 to 10).
-- inputs: playlist_tracks, track_attributes (yours: track_uri, valence, energy)
-- dialect: datafusion
--
-- valence, energy  mean over entries with attributes, in the units of track_attributes
-- entry_count      entries of playlists in this tenth; scored_count those with attributes
-- source           'attributes'
WITH lengths AS (
    SELECT
        pid,
        count(*) AS length
    FROM playlist_tracks
    GROUP BY pid
),

entries AS (
    SELECT
        10 * row_number() OVER (PARTITION BY playlist_tracks.pid ORDER BY playlist_tracks.pos) AS place,
        lengths.length,
        track_attributes.valence,
        track_attributes.energy
    FROM playlist_tracks
    INNER JOIN lengths ON playlist_tracks.pid = lengths.pid
    LEFT JOIN track_attributes ON playlist_tracks.track_uri = track_attributes.track_uri
)

SELECT
    CAST(ceil(CAST(place AS DOUBLE) / length) AS BIGINT) AS tenth,
    avg(valence) AS valence,
    avg(energy) AS energy,
    count(*) AS entry_count,
    count(valence) AS scored_count,
    'attributes' AS source
FROM entries
GROUP BY 1
ORDER BY 1
