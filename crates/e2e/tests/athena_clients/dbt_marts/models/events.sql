{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitioned_by=['day', 'shard']) }}
-- Every run writes the partitions of its own days anew: the first those of all days, later ones the last day only.
SELECT
    pid,
    ms + {{ var('added') }} AS ms,
    date_add('day', pid % 3, DATE '2026-01-01') AS day,
    CAST(pid % 2 AS integer) AS shard
FROM {{ source('lake', 'plays') }}
{% if is_incremental() %}
WHERE pid % 3 = 2
{% endif %}
