"""`python -m runway`."""

import sys

from runway.cli import script

if __name__ == "__main__":
    sys.exit(script())
