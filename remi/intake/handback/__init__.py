"""What is handed back to a partner: their workbook on our template, with what is wrong marked."""
