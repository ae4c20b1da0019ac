-- purpose: how mood moves from the beginning to the end of playlists, inferred from titles.
-- grain: one row per tenth of a playlist's length (tenth, 1 to 10).
-- inputs: playlists, playlist_tracks
-- dialect: datafusion
--
-- A hand-written list of title words gives valence (sad to happy) and energy (calm to lively), both from -1 to 1. A
-- playlist has the mean of its title's words. A track has the mean of the playlists that hold it, drawn towards the
-- mean of all by 5 playlists' worth, and none below 3 playlists. The playlist at hand is left out of its own tracks'
-- scores; otherwise they would repeat its title. Nothing here was heard: it says what titles say.
--
-- valence, energy  mean over scored entries
-- entry_count      entries of playlists in this tenth; scored_count those with a score
-- support          playlists with a title that says something, behind each score, on average
-- source           'title-inferred'; mood_along_playlists_by_attributes.sql says 'attributes'
WITH lexicon (word, valence, energy) AS (
    VALUES
    ('happy', 0.9, 0.5), ('party', 0.7, 0.9), ('dance', 0.6, 0.9), ('summer', 0.7, 0.5), ('love', 0.6, 0.0),
    ('good', 0.6, 0.2), ('fun', 0.8, 0.6), ('feel', 0.3, 0.1), ('vibes', 0.4, 0.0), ('sunny', 0.8, 0.3),
    ('workout', 0.3, 1.0), ('gym', 0.2, 1.0), ('running', 0.2, 0.9), ('hype', 0.4, 1.0), ('pump', 0.3, 0.9),
    ('rave', 0.4, 1.0), ('turnt', 0.4, 0.9), ('lit', 0.5, 0.8), ('drive', 0.3, 0.4), ('morning', 0.4, 0.1),
    ('chill', 0.3, -0.7), ('calm', 0.3, -0.9), ('relax', 0.4, -0.8), ('sleep', 0.1, -1.0), ('study', 0.1, -0.5),
    ('focus', 0.1, -0.4), ('acoustic', 0.2, -0.6), ('mellow', 0.2, -0.7), ('rainy', -0.3, -0.5), ('slow', -0.1, -0.7),
    ('sad', -0.9, -0.5), ('cry', -0.9, -0.4), ('heartbreak', -0.9, -0.3), ('breakup', -0.8, -0.2),
    ('lonely', -0.8, -0.5), ('angry', -0.7, 0.8), ('rage', -0.6, 0.9), ('dark', -0.5, 0.1), ('feels', -0.3, -0.3)
),

words AS (
    SELECT
        pid,
        unnest(string_to_array(normalized_name, ' ')) AS word
    FROM playlists
),

titled AS (
    SELECT
        words.pid,
        avg(lexicon.valence) AS valence,
        avg(lexicon.energy) AS energy
    FROM words
    INNER JOIN lexicon ON words.word = lexicon.word
    GROUP BY words.pid
),

overall AS (
    SELECT
        avg(valence) AS valence,
        avg(energy) AS energy
    FROM titled
),

held AS (
    SELECT DISTINCT
        pid,
        track_uri
    FROM playlist_tracks
),

track_sums AS (
    SELECT
        held.track_uri,
        sum(titled.valence) AS valence_sum,
        sum(titled.energy) AS energy_sum,
        count(*) AS playlist_count
    FROM held
    INNER JOIN titled ON held.pid = titled.pid
    GROUP BY held.track_uri
),

lengths AS (
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
        track_sums.valence_sum - coalesce(titled.valence, 0) AS valence_sum,
        track_sums.energy_sum - coalesce(titled.energy, 0) AS energy_sum,
        coalesce(track_sums.playlist_count, 0) - CASE WHEN titled.pid IS NULL THEN 0 ELSE 1 END AS support
    FROM playlist_tracks
    INNER JOIN lengths ON playlist_tracks.pid = lengths.pid
    LEFT JOIN track_sums ON playlist_tracks.track_uri = track_sums.track_uri
    LEFT JOIN titled ON playlist_tracks.pid = titled.pid
)

SELECT
    CAST(ceil(CAST(entries.place AS DOUBLE) / entries.length) AS BIGINT) AS tenth,
    avg((entries.valence_sum + 5 * overall.valence) / (entries.support + 5)) FILTER (WHERE entries.support >= 3)
        AS valence,
    avg((entries.energy_sum + 5 * overall.energy) / (entries.support + 5)) FILTER (WHERE entries.support >= 3)
        AS energy,
    count(*) AS entry_count,
    count(*) FILTER (WHERE entries.support >= 3) AS scored_count,
    avg(entries.support) FILTER (WHERE entries.support >= 3) AS support,
    'title-inferred' AS source
FROM entries
CROSS JOIN overall
GROUP BY 1
ORDER BY 1
