"""What has happened: the months that are closed, read from a table of figures or from a ledger."""
