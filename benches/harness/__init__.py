"""The parts of the benchmarks' drivers. Python's standard library only."""
