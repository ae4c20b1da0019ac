{{ config(materialized='table', partitioned_by=['shard']) }}
-- More partitions than one statement may write.
SELECT pid, pid % 130 AS shard
FROM {{ source('lake', 'plays') }}
