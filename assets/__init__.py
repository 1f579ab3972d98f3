"""What exists and what it depends on: thin Dagster assets over remi."""
