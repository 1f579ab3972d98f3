"""The only room that talks to the database and to file storage."""
