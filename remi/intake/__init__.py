"""Workbook out, bytes in: from what a partner sent to answers, records and problems."""
