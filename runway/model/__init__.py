"""The whole file: tables read, names looked up, what must hold between them."""
