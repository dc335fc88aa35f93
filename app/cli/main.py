"""The command line as a whole: its commands, and errors turned into sentences and exit codes."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence

import typer

from tiaokuai.cli.errors import Failure, explain, last_resort
from tiaokuai.cli.language import from_arguments, from_environment, say
from tiaokuai.cli.options import Lang
from tiaokuai.cli.short import SHORT
from tiaokuai.cli.usage import in_chinese

# Each module names its commands in COMMANDS; a module of sub-commands also has GROUP = (name, help).
MODULES: tuple[str, ...] = (
    "demo",
    "new",
    "check",
    "where",
    "why",
    "over_time",
    "simulate",
    "learn",
    "sensitivity",
    "plan",
    "report",
    "figure",
    "serve",
    "user",
    "export",
    "neo4j",
    "generate",
    "privacy",
)

STOPPED = 128 + signal.SIGINT  # what typer makes of Ctrl-C inside a command


def build() -> typer.Typer:
    """The typer application with every command."""
    application = typer.Typer(
        name="tiaokuai",
        help=say(
            "条块延伸法的规划工具：现状、原因、如果……会怎样、下一步怎么办。",
            "Plans an association that grows by lines and blocks: where it stands, why, what if, what next.",
        ),
        epilog=say("先试试：tiaokuai demo", "Start with: tiaokuai demo"),
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    application.callback()(_version)
    for module_name in MODULES:
        module = importlib.import_module(f"tiaokuai.cli.{module_name}")
        group = application
        if hasattr(module, "GROUP"):
            group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
            group.callback()(_group)
            application.add_typer(group, name=module.GROUP[0], help=module.GROUP[1])
        for made in module.COMMANDS:
            short = say(*SHORT[made.name]) if made.name in SHORT and group is application else None
            group.command(made.name, help=made.help, short_help=short)(made.function)
    return application


def _show_version(wanted: bool) -> None:
    if wanted:
        from tiaokuai import __version__

        print(f"tiaokuai {__version__}")
        raise typer.Exit


def _version(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_show_version, help=say("显示版本", "show the version")
    ),
    lang: Lang = None,
) -> None:
    """Options of the whole command; the language was read from the arguments before (cli.language)."""


def _group(lang: Lang = None) -> None:
    """Options of a group of commands."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; only mistakes of the program itself are raised."""
    given = list(arguments)
    as_json, lang = "--json" in given, from_arguments(given) or from_environment()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = build()(args=given, prog_name="tiaokuai", standalone_mode=False)
        if code == STOPPED:
            raise KeyboardInterrupt
        sys.stdout.flush()
        return int(code or 0)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BaseException as error:
        failure = _usage(error, lang) or explain(error, lang)
        if "--debug" in given:
            raise
        if failure is None:
            last_resort(as_json, lang)  # only now: typer has put a hook of its own in the meantime
            raise
        failure.tell(as_json)
        return failure.exit_code


def _usage(error: BaseException, lang: str) -> Failure | None:
    """A failure for what typer found wrong with the arguments."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return Failure(2, "usage", str(getattr(error, "message", "")) or str(error))
    if isinstance(error, typer.Abort):
        return Failure(1, "interrupted", "已中止" if lang == "zh" else "stopped")
    if not hasattr(error, "format_message"):
        return None
    context = getattr(error, "ctx", None)
    where = f"{context.command_path} --help" if context is not None else "tiaokuai --help"
    hint = f"（用法见 {where}）" if lang == "zh" else f" (see {where})"
    said = error.format_message().replace("Value error, ", "")
    said = in_chinese(said) if lang == "zh" else said.split(", unable to parse string")[0]
    return Failure(2, "usage", f"{said}{hint}")
