"""Run the command line as ``python -m itsmkit``."""

import sys

from itsmkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
