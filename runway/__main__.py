"""`python -m runway`."""

import sys

from runway.cli import main

if __name__ == "__main__":
    sys.exit(main())
