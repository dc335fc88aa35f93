"""The command ``tiaokuai``, also ``python -m tiaokuai``."""

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


def main() -> None:
    """Run the command line and leave with its exit code; Ctrl-C is a sentence and code 1, whenever it comes."""
    pressed: list[int] = []
    try:
        code = _run(pressed)
    except BaseException as error:  # what is interrupted in the middle of an import may end as another error
        if not (pressed or isinstance(error, KeyboardInterrupt)) or "--debug" in sys.argv:
            raise
        code = _stopped()
    _let_go()
    _forget()
    gc.freeze()  # Python would look for circles among all that is left before it lets go of it: a tenth of a command
    sys.exit(code)


def _run(pressed: "list[int]") -> int:
    import signal

    # What a command makes, modules above all, lives as long as it: looked through ever again, it cost a twentieth.
    gc.set_threshold(300_000, 20, 100)

    def stop(number: int, frame: "FrameType | None") -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    def hidden(unraisable: "sys.UnraisableHookArgs") -> None:
        met = isinstance(unraisable.exc_value, KeyboardInterrupt)  # a finaliser, which cannot pass it on
        if met and signal.getsignal(signal.SIGINT) is stop:  # else it has been told already, and would end all at once
            signal.raise_signal(signal.SIGINT)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored, as in a job behind
        signal.signal(signal.SIGINT, stop)
    if "--debug" not in sys.argv:  # libraries that clean up after a failed write fail again: it has been told
        sys.unraisablehook = hidden
        if not sys.warnoptions:
            import warnings

            warnings.simplefilter("ignore")  # meant for who writes programs, and told with a path of this machine
    from tiaokuai.cli.main import run

    return run(sys.argv[1:])


def _let_go() -> None:
    """The answer is out: Ctrl-C now ends the process at once, for nothing is left to stop but the process itself."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _forget() -> None:
    """Python ends itself by the signal where Ctrl-C ever came out of text it ran (dataclasses are made of such), though
    it was caught; that is forgotten when the next text begins."""
    exec("")  # noqa: S102  # no text at all


def _stopped() -> int:
    _let_go()  # whoever presses again need not wait for the sentence
    from tiaokuai.cli.errors import interrupted
    from tiaokuai.cli.language import from_arguments, from_environment

    failure = interrupted(from_arguments(sys.argv) or from_environment())
    failure.tell("--json" in sys.argv)
    return failure.exit_code


if __name__ == "__main__":
    main()
