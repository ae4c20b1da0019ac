//! Tests of the whole system as separate processes; there is no library here, see `tests/it`.
