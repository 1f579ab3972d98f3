"""A scoring engine for any maturity model that a file can describe: pure arithmetic on arrays."""
