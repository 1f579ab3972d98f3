"""Puts this folder where the tests of its subfolders find the samples."""
