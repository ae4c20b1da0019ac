-- purpose: how long tracks are.
-- grain: one row, over all tracks with a length.
-- inputs: tracks
-- dialect: datafusion
--
-- quantiles         seconds, each track counted once however often it is used; interpolated (exact, not sketched)
-- invalid_count     tracks whose length is missing or 0; they are in no quantile
SELECT
    count(*) FILTER (WHERE duration_ms > 0) AS track_count,
    count(*) FILTER (WHERE duration_ms IS NULL OR duration_ms <= 0) AS invalid_count,
    percentile_cont(duration_ms / 1000.0, 0.01) FILTER (WHERE duration_ms > 0) AS p01_seconds,
    percentile_cont(duration_ms / 1000.0, 0.25) FILTER (WHERE duration_ms > 0) AS p25_seconds,
    percentile_cont(duration_ms / 1000.0, 0.5) FILTER (WHERE duration_ms > 0) AS median_seconds,
    percentile_cont(duration_ms / 1000.0, 0.75) FILTER (WHERE duration_ms > 0) AS p75_seconds,
    percentile_cont(duration_ms / 1000.0, 0.99) FILTER (WHERE duration_ms > 0) AS p99_seconds,
    min(duration_ms) FILTER (WHERE duration_ms > 0) / 1000.0 AS shortest_seconds,
    max(duration_ms) FILTER (WHERE duration_ms > 0) / 1000.0 AS longest_seconds
FROM tracks
