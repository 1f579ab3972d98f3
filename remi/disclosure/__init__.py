"""Protect a set of tables before anything is published."""
