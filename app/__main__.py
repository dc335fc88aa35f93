"""The command ``tiaokuai``, also ``python -m tiaokuai``."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line and leave with its exit code; Ctrl-C is a sentence and code 1, whenever it comes."""
    pressed: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    def hidden(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, KeyboardInterrupt):  # it met a finaliser, which cannot pass it on
            signal.raise_signal(signal.SIGINT)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored, as in a job behind
        signal.signal(signal.SIGINT, stop)
    if "--debug" not in sys.argv:  # libraries that clean up after a failed write fail again: it has been told
        sys.unraisablehook = hidden
    try:
        from tiaokuai.cli.main import run

        code = run(sys.argv[1:])
    except BaseException:  # what is interrupted in the middle of an import may end as another error
        if not pressed or "--debug" in sys.argv:
            raise
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever presses again need not wait for the sentence
        code = _stopped()
    if signal.getsignal(signal.SIGINT) is stop:  # the answer is out: nothing is left to stop but the process itself
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def _stopped() -> int:
    from tiaokuai.cli.errors import interrupted
    from tiaokuai.cli.language import from_arguments, from_environment

    failure = interrupted(from_arguments(sys.argv) or from_environment())
    failure.tell("--json" in sys.argv)
    return failure.exit_code


if __name__ == "__main__":
    main()
