"""The workbook that partners are given, written from its layout."""
