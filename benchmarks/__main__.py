"""Every benchmark, one line a measure: name, ours, the peer's or the limit, ratio."""

from __future__ import annotations

from benchmarks import portal, reading, scoring

if __name__ == "__main__":
    # First what measures its memory: a process starts with its parent's peak.
    scoring.main()
    reading.main()
    portal.main()
