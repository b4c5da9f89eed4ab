"""A program run over one path or many, and the figures that are read off each run."""
