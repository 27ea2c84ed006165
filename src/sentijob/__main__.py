"""``python -m sentijob``, and the entry point of the ``sentijob`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    from sentijob.cli.app import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
