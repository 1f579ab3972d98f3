"""Typed values to problems and verdicts, the whole batch at once."""
