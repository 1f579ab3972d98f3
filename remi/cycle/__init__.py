"""What is done for one cycle, in order: receive, judge, score, try alternatives, compare, tabulate,
protect, release.

Each step reads what the one before it stored, calls one pure function, and replaces its own rows of
the cycle in one transaction. Dagster's assets, the portal and the command line call these and
nothing else.
"""
