"""What-if: sets of overrides of one run, and what is read off them."""
