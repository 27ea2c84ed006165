"""``python -m sentijob``, and the entry point of the ``sentijob`` command."""

from __future__ import annotations

import gc
import signal
import sys
from typing import NoReturn

gc.disable()  # little of what the imports make is garbage; a command collects again, from when it begins


def _end_quietly_when_interrupted() -> None:
    """Let Ctrl-C end the process with no traceback, where nothing is there yet, or any more, to clean up.

    One that whoever started us wants ignored stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


_end_quietly_when_interrupted()  # before the imports, which take a while


def main() -> NoReturn:
    """Run the command line and leave with its exit status."""
    from sentijob.cli.app import main as run
    from sentijob.cli.interrupts import ignore_endings, interruptible

    with interruptible():
        status = run()
    ignore_endings()  # all is done, and the status says how
    gc.freeze()  # or else the interpreter looks for garbage among all that there is before it ends
    sys.exit(status)


if __name__ == "__main__":
    main()
