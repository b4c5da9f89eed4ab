"""Assumption files and ledgers as text in which every key and value has its place."""
