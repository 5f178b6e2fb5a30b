"""What Genbun costs, measured beside its floors: `python -m bench` (see docs/benchmarks.md).

Every figure is a ratio of alternating runs on the same machine; nothing here is imported by the project.
"""
