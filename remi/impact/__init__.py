"""One function for each annual table."""
