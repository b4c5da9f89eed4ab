"""Monte Carlo simulation: draws, blocks of paths, and what they come to."""
