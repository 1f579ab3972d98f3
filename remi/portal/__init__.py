"""The web application of partners, reviewers and the data team; it also serves releases."""
