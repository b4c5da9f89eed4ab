"""The whole file: tables read, names looked up, and the checks between them."""
