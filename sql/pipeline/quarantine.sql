-- purpose: what cannot be used of the raw slices, and why; nothing is dropped in silence.
-- grain: one row per playlist, or rest of a file, that was set aside.
-- inputs: raw_rejects
-- dialect: datafusion
SELECT
    file,
    byte_offset,
    json_path,
    reason,
    scope
FROM raw_rejects
