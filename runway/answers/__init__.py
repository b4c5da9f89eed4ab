"""One question a file: what is asked, and the frozen record that answers it."""
