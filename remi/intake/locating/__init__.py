"""Cells to typed values: found by reference and heading. Runs in the worker: stdlib only."""
