"""What may be written: a figure, a formula; and how a formula is printed for each machine."""
