-- One row per slot: the set that readers of the slot see. 0 is "none yet".
CREATE TABLE published (
    slot   TEXT NOT NULL PRIMARY KEY,
    set_no INTEGER NOT NULL
) STRICT;
