-- The pointer row exists from the start, so that publication is always one compare-and-swap of one row.
INSERT INTO published (slot, set_no) VALUES ('next_track', 0);
