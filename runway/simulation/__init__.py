"""Monte Carlo simulation: draws, blocks of paths, and the probabilities and quantiles over them."""
