"""Entry of ``./dev``, run by whatever Python is found."""

import sys
from pathlib import Path

# Run as a file: what is beside this package is to be found, not what is in it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from devtools.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
