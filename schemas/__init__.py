"""The shape of every hand-over: configuration models, frame contracts and store tables.

Nothing here reads a clock, a network or a database, and nothing here imports `remi`.
"""
