"""One module for each change to the tables; each is run once on a database and then kept."""
