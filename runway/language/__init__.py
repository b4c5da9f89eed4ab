"""The notation of files: a figure, a formula; and the formula's text for each machine."""
