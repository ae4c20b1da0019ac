{{ config(materialized='table', format='textfile', field_delimiter='|') }}
SELECT artists.artist, labels.label, labels.since
FROM {{ ref('artists') }} AS artists
INNER JOIN {{ ref('labels') }} AS labels ON labels.artist = artists.artist
