"""The command ``tiaokuai``, also ``python -m tiaokuai``."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from tiaokuai.cli.main import run

    if "--debug" not in sys.argv:  # libraries that clean up after a failed write fail again: it has been told
        sys.unraisablehook = lambda unraisable: None
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
