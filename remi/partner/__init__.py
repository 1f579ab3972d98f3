"""What one partner is handed: its workbook, new, marked or upgraded; its result; an action plan."""
