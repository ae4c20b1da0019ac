{{ config(materialized='incremental', incremental_strategy='append', format='json') }}
SELECT count(*) AS plays, {{ var('added') }} AS added
FROM {{ ref('events') }}
