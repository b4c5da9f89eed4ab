"""One question a file: a function with its parameters, and the frozen record that answers it."""
