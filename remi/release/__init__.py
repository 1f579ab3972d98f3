"""One content model, written as page, workbook, CSV and metadata."""
