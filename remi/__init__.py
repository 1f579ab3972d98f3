"""From workbooks to annual tables: how each number is read, judged, scored and published."""
