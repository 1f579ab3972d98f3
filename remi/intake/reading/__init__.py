"""Bytes to cells in limited processes of their own, without losing a cell."""
