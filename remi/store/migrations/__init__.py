"""Every change to the tables, in order. Run by `remi.store.database.migrate`.

A change to `schemas/store.py` needs a new module in `versions` whose `down_revision` is the newest
one there; a test compares the tables that result with those of `schemas/store.py`.
"""
