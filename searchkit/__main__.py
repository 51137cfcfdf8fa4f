"""`python -m searchkit` is `searchkit`."""

import os
import sys


def _leave_current_folder() -> None:
    """Take the current folder, which `python -m` puts first, off the search path: its files are no code of ours.

    The package is loaded already, and finds its modules in its own folder.
    """
    if sys.path and not getattr(sys.flags, "safe_path", False):
        try:
            if sys.path[0] in ("", os.getcwd()):  # noqa: PTH109  # pathlib would be looked for there, too
                del sys.path[0]
        except OSError:  # there is no such folder any more
            pass


if __name__ == "__main__":
    _leave_current_folder()

    from searchkit.cli import main

    main()
