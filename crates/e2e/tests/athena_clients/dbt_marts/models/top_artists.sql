{{ config(materialized='view') }}
SELECT artist, plays
FROM {{ ref('artists') }}
WHERE plays > 640
