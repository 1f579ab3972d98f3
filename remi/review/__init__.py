"""The assured track: who may decide about which claims, on a page or in a workbook."""
