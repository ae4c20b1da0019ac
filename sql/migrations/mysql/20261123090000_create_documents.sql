-- One row per named document of the data catalog and of the query endpoint: databases, tables, partitions, workgroups and
-- so on. `kind` tells which, `parent` names what holds it, and `revision` grows with every change, so that of two writers
-- who read the same revision one is refused.
CREATE TABLE IF NOT EXISTS documents (
    kind          VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    parent        VARCHAR(600) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name          VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    revision      BIGINT UNSIGNED NOT NULL,
    body_json     MEDIUMTEXT NOT NULL,
    created_at_us BIGINT UNSIGNED NOT NULL,
    updated_at_us BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (kind, parent, name),
    CONSTRAINT documents_body_is_json CHECK (JSON_VALID(body_json))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
