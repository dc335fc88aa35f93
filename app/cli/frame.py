"""The frame every command stands in: the common options, the network asked about, and the one way out for answers.

A command is a function from an :class:`Ask` (and its own options) to an :class:`Answer`. It never prints: the frame
protects the answer's document for its audience (protection.md) and then prints it, as JSON or as tables.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from tiaokuai.cli.language import CURRENT, say
from tiaokuai.cli.options import QUESTION, TERMINAL, Audience, Data, Engine, Option
from tiaokuai.cli.overwriting import refuse_overwriting
from tiaokuai.cli.progress import Bar

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from tiaokuai.graph import Assumptions, Network, Problem, Snapshot, Template

AUDIENCES = ("steward", "planner", "public")


@dataclass
class Terminal:
    """Where a command runs: language and form of the answer, progress and messages."""

    lang: str = CURRENT
    json: bool = False
    debug: bool = False

    @cached_property
    def console(self) -> Console:
        """Standard output, for tables."""
        from rich.console import Console

        class Piped(Console):
            def on_broken_pipe(self) -> None:
                raise BrokenPipeError  # the reader has seen enough: no error (cli.main), where rich makes it one

        return Piped(highlight=False, soft_wrap=False)

    def say(self, zh: str, en: str) -> str:
        """The text in the language of this answer."""
        return zh if self.lang == "zh" else en

    def note(self, zh: str, en: str) -> None:
        """A line on stderr."""
        print(self.say(zh, en), file=sys.stderr)

    def progress(self, label: str, total: float | None = None) -> Bar:
        """A bar for work longer than a second, on stderr."""
        return Bar(label, total)


@dataclass
class Ask(Terminal):
    """One question about one data set."""

    data: str = ""
    as_of: str | None = None
    audience: str = "steward"
    settings: list[str] = field(default_factory=list)
    template_file: Path | None = None
    skip_invalid: bool = False
    engine: str = "local"
    problems: list[Problem] = field(default_factory=list)  # of the data, once they are read
    mapping: Path | None = None

    @cached_property
    def template(self) -> Template:
        """The template of components, of the user or the default."""
        from tiaokuai.files.limits import small_text
        from tiaokuai.graph.template import Template

        return Template.default() if self.template_file is None else Template.parse(small_text(self.template_file))

    @cached_property
    def network(self) -> Network:
        """The data set, read and checked; errors in it refuse the question."""
        from tiaokuai.graph import InvalidData
        from tiaokuai.loaders import read

        with self.progress(self.say("读取数据", "reading")) as bar:
            try:
                return read(
                    self.data,
                    skip_invalid=self.skip_invalid,
                    template=self.template,
                    progress=bar,
                    skipped=self._tell_skipped,
                    noticed=self.problems.extend,
                    mapping=self.mapping,
                )
            except InvalidData as bad:
                from tiaokuai.metrics.protection_time import told_problems

                raise InvalidData(told_problems(bad.problems, self.audience)) from None

    def _tell_skipped(self, rows: Mapping[str, int]) -> None:
        """How many rows ``--skip-invalid`` went on without, those that refer to them included."""
        from tiaokuai.graph.naming import table_name
        from tiaokuai.metrics.protection_time import told_rows

        told = {
            name: "‹5" if isinstance(count, dict) else count for name, count in told_rows(rows, self.audience).items()
        }
        total = f"{sum(rows.values())} " if told == rows else ""  # it would give a number that is not told back
        zh, en = (
            "、".join(f"{table_name(name, 'zh')}{count}" for name, count in told.items()),
            [f"{told[name]} of {name}" for name in told],
        )
        self.note(
            f"略过 {total or '若干'}行（有错，或引用了被略过的行）：{zh}",
            f"{total or 'some '}rows left out (at fault, or referring to such rows): {', '.join(en)}",
        )

    @cached_property
    def assumptions(self) -> Assumptions:
        """The assumptions with those of ``--set``."""
        from tiaokuai.graph import Assumptions

        return Assumptions.parse(self.settings)

    @cached_property
    def asked_day(self) -> date:
        """The day that was asked for, today by default."""
        return self.read_day("--as-of", self.as_of)

    @cached_property
    def day(self) -> date:
        """The day that is answered for: the last one up to the day asked for that the audience may know."""
        return self.released(self.asked_day)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The network on :attr:`day`."""
        return self.network.as_of(self.day, self.assumptions)

    def begun(self, day: date) -> Snapshot:
        """What a forecast or plan begins with: the network on ``day`` as the audience knows it."""
        from tiaokuai.metrics.protection_told import told_day

        return told_day(self.network.as_of(day, self.assumptions), self.audience)

    def look_over(self, published: bool = False) -> None:
        """Refuses wrong common options, also those that the question makes no use of.

        Answers under several assumptions add up to what is withheld (how many are in reach, by ever other thresholds of
        "covered"): who may not know that may not choose them, but reads what the steward has ``published`` under one.
        """
        _ = self.assumptions if self.settings else None
        if self.settings and self.audience != "steward" and not published:
            from tiaokuai.graph.errors import RequestError

            zh = f"--set 不能与 --for {self.audience} 同用：同一数字在不同假设下合看，会推出被隐去的人数"
            en = f"--set does not go with --for {self.audience}: answers under several assumptions add up to what is"
            raise RequestError("steward_assumptions", zh, en + " withheld", audience=self.audience)
        _ = self.asked_day if self.as_of is not None else None
        _ = self.template if self.template_file is not None else None

    def released(self, day: date) -> date:
        """The last day up to ``day`` that the audience may know about (protection.md, history)."""
        from tiaokuai.metrics.protection import release_day

        return release_day(self.network, day, self.audience)

    def read_day(self, option: str, text: str | None) -> date:
        """A day from an option, today where it is missing; UsageError where it is none."""
        from datetime import date

        from tiaokuai.graph.errors import UsageError
        from tiaokuai.graph.values import BadValue, parse_day

        if text is None:
            return date.today()
        try:
            return parse_day(text.strip())
        except BadValue:
            zh, en = f"{option}：“{text}”不是可用的日期", f"{option}: {text!r} is not a date that can be used"
            raise UsageError(
                "bad_date", zh + "，请写成 2024-03-01", en + "; write 2024-03-01", option=option, value=text
            ) from None


@dataclass(frozen=True)
class Answer:
    """An answer before it leaves: ``document`` in the shape of contracts.md, ``show`` prints it for people."""

    kind: str
    document: Mapping[str, Any]
    show: Callable[[Any, Any], None]
    exit_code: int = 0


@dataclass(frozen=True)
class Command:
    """A command ready to be registered."""

    name: str
    help: str
    function: Callable[..., None]


def deliver(answer: Answer, ask: Terminal) -> int:
    """The one way out: protect for the audience, then print. Returns the exit code."""
    document: Mapping[str, Any] = answer.document
    if isinstance(ask, Ask):
        from tiaokuai.metrics.protection import protect

        document = protect(answer.kind, document, ask.audience)
    if ask.json:
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        print(json.dumps(document, ensure_ascii=plain, allow_nan=False, default=_plain))
    elif "suppressed" in document:
        print(
            ask.say(
                "这项回答只给数据管理者（--for steward）。",
                "This answer is for the steward of the data alone (--for steward).",
            )
        )
    else:
        answer.show(document, ask)
    return answer.exit_code


def _plain(value: Any) -> Any:
    # NumPy scalars and dates are the only other things a document holds.
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a document")


def question(
    zh: str,
    en: str,
    *,
    name: str | None = None,
    audience: str = "steward",
    server: bool = False,
    before: tuple[str, ...] = (),
) -> Callable[[Callable[..., Answer]], Command]:
    """Makes a command that answers about DATA; ``audience`` is its default, ``server`` adds ``--engine``.

    The function takes an :class:`Ask` first and its own typer parameters after it; annotations must resolve at
    import. ``before`` names those of them that are typed before DATA.
    """
    common = dict(QUESTION)
    common["for_"] = (Audience, audience, "audience")
    if server:
        common["engine"] = (Engine, "local", "engine")
    first = {"data": (Data, ..., "data")}
    written = audience != "steward"  # a file for others, whose assumptions the steward chooses
    return lambda function: _command(function, say(zh, en), name, Ask, first, common, before, written)


def command(zh: str, en: str, *, name: str | None = None) -> Callable[[Callable[..., Answer]], Command]:
    """Makes a command without DATA; its function takes a :class:`Terminal` first."""
    return lambda function: _command(function, say(zh, en), name, Terminal, {}, dict(TERMINAL))


def _command(
    function: Callable[..., Answer],
    help_text: str,
    name: str | None,
    context: type[Terminal],
    first: dict[str, Option],
    last: dict[str, Option],
    before: tuple[str, ...] = (),
    written: bool = False,
) -> Command:
    hints = get_type_hints(function, include_extras=True)
    own = list(inspect.signature(function).parameters.values())[1:]
    parameters = [
        *(_parameter(item.name, item.default, hints[item.name]) for item in own if item.name in before),
        *(_parameter(key, default, hint) for key, (hint, default, _) in first.items()),
        *(_parameter(item.name, item.default, hints[item.name]) for item in own if item.name not in before),
        *(_parameter(key, default, hint) for key, (hint, default, _) in last.items()),
    ]
    common = {**first, **last}

    def run(**given: Any) -> None:
        values = {field_name: given.pop(key) for key, (_, _, field_name) in common.items()}
        ask = context(**{key: value for key, value in values.items() if value is not None})
        if isinstance(ask, Ask):
            ask.look_over(published=written)
            refuse_overwriting(ask.data, {**given, "template": ask.template_file, "mapping": ask.mapping})
        if code := deliver(function(ask, **given), ask):
            raise typer.Exit(code)

    run.__name__ = function.__name__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # how typer learns of options
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return Command(name or function.__name__.rstrip("_").replace("_", "-"), help_text, run)


def _parameter(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    default = inspect.Parameter.empty if default is ... else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
