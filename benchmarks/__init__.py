"""Measurements against a named peer in the same run: `make bench`, `FULL=1` for full sizes."""
