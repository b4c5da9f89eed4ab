"""One report a file: an answer as titles, typed tables and sentences."""
