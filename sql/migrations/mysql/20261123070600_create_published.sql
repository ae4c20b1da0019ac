-- One row per slot: the set that readers of the slot see. 0 is "none yet".
CREATE TABLE IF NOT EXISTS published (
    slot   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    set_no INT UNSIGNED NOT NULL,
    PRIMARY KEY (slot)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
