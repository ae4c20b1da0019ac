-- One row per thing that people were told of: how it stood when they were told last. Who wants to tell them again first
-- compares, so that nobody is told twice.
CREATE TABLE IF NOT EXISTS notices (
    notice_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    told_at_us BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (notice_key)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
