"""The frame every command stands in: the common options, the network asked about, and the one way out for answers.

A command is a function from an :class:`Ask` (and its own options) to an :class:`Answer`. It never prints, and knows no
audience: :attr:`Ask.network` is the data or the release of them that was asked for (release.md), and :func:`deliver`
says so in the document and below the tables.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from tiaokuai.cli.language import CURRENT, say
from tiaokuai.cli.options import QUESTION, TERMINAL, Data, Engine, Key, Option, audience
from tiaokuai.cli.overwriting import refuse_overwriting
from tiaokuai.cli.progress import Bar

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from tiaokuai.graph import Assumptions, Network, Problem, Snapshot, Template
    from tiaokuai.graph.release import Release


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
    wanted: str | None = None  # --for
    usual: str = "steward"  # whom the command is for where nothing is said
    steward_only: bool = False
    key: Path | None = None
    settings: list[str] = field(default_factory=list)
    template_file: Path | None = None
    skip_invalid: bool = False
    engine: str = "local"
    mapping: Path | None = None
    noticed: list[Problem] = field(default_factory=list)  # of the data, once they are read
    held: Release | None = None  # of the database that a server answered from
    estimates: bool = False  # whether a table that was shown marks any

    @cached_property
    def template(self) -> Template:
        """The template of components, of the user or the default."""
        from tiaokuai.files.limits import small_text
        from tiaokuai.graph.template import Template

        return Template.default() if self.template_file is None else Template.parse(small_text(self.template_file))

    @cached_property
    def source(self) -> Network:
        """The data set as it lies there, read and checked; errors in it refuse the question."""
        from tiaokuai.loaders import read

        with self.progress(self.say("读取数据", "reading")) as bar:
            return read(
                self.data,
                skip_invalid=self.skip_invalid,
                template=self.template,
                progress=bar,
                skipped=self._tell_skipped,
                noticed=self.noticed.extend,
                mapping=self.mapping,
            )

    @property
    def audience(self) -> str:
        """Whom the answer is for: who was named, else the readers of a release, else the command's usual ones."""
        if self.wanted is not None or self.steward_only:
            return self.wanted or "steward"
        return self.usual if self.source.released is None else self.source.released.audience

    @cached_property
    def network(self) -> Network:
        """What is answered from: the data, or what the audience may know of them."""
        return self.release()

    def release(self, before: Network | None = None) -> Network:
        """The source as the audience may know it; RequestError where the source is a release for fewer readers."""
        source, audience = self.source, self.audience
        if source.released is not None and audience == "steward":
            from tiaokuai.graph.errors import RequestError

            raise RequestError(
                "wider_than_release",
                f"{self.data} 是公布版（{source.released.audience}），里面没有管理者的数据",
                f"{self.data} is a release for the {source.released.audience}: the steward's data are not in it",
                audience=source.released.audience,
            )
        return source.release(audience, self.secret, before)

    @cached_property
    def secret(self) -> bytes | None:
        """The content of ``--key``; None: that of this installation."""
        from tiaokuai.files.secret import read_key

        return None if self.key is None else read_key(self.key)

    @property
    def released(self) -> Release | None:
        """What the network says of itself where it is a release; None where nothing was read, or the data."""
        network = self.__dict__.get("network")
        return self.held if network is None else network.released

    @cached_property
    def problems(self) -> list[Problem]:
        """The problems of the data that can be used; of a release those that it has itself."""
        if self.network is self.source:
            return self.noticed
        from tiaokuai.graph.integrity import check, raw_tables

        return check(raw_tables(self.network), self.template).problems

    def _tell_skipped(self, rows: Mapping[str, int]) -> None:
        """How many rows ``--skip-invalid`` went on without, those that refer to them included."""
        from tiaokuai.graph.naming import table_name

        zh = "、".join(f"{table_name(name, 'zh')}{count}" for name, count in rows.items())
        en = ", ".join(f"{count} of {name}" for name, count in rows.items())
        total = sum(rows.values())
        self.note(
            f"略过 {total} 行（有错，或引用了被略过的行）：{zh}",
            f"{total} rows left out (at fault, or referring to such rows): {en}",
        )

    @cached_property
    def assumptions(self) -> Assumptions:
        """The assumptions with those of ``--set``."""
        from tiaokuai.graph import Assumptions

        return Assumptions.parse(self.settings)

    @cached_property
    def day(self) -> date:
        """The day that was asked for, today by default."""
        return self.read_day("--as-of", self.as_of)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The network on :attr:`day`."""
        return self.on(self.day)

    def on(self, day: date) -> Snapshot:
        """The network on another day, under the assumptions that were asked for."""
        return self.network.as_of(day, self.assumptions)

    def check_options(self) -> None:
        """Refuses wrong common options, also those that the question makes no use of."""
        if self.steward_only and self.audience != "steward":
            from tiaokuai.graph.errors import UsageError

            raise UsageError(
                "steward_only",
                "会员的记录只归数据管理者处理，只能用 --for steward",
                "the members' rows are for the steward of the data alone: --for steward",
            )
        _ = self.assumptions if self.settings else None
        _ = self.day if self.as_of is not None else None
        _ = self.template if self.template_file is not None else None
        _ = self.secret

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
    """The one way out: as JSON or as tables, and what a release says of itself with it. Returns the exit code."""
    document = answer.document
    if isinstance(ask, Ask) and ask.released is not None:
        from tiaokuai.graph.release.answers import annotate

        document = annotate(document, ask.released, ask.day)
    if ask.json:
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        print(json.dumps(document, ensure_ascii=plain, allow_nan=False, default=_plain))
        return answer.exit_code
    answer.show(document, ask)
    if isinstance(ask, Ask) and ask.released is not None:
        if ask.estimates:
            ask.console.print(ask.say("≈ 推算：与别的合并公布", "≈ an estimate: told together with others"))
        ask.console.print(ask.released.sentence(ask.lang), markup=False)
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
    usual: str = "steward",
    server: bool = False,
    steward_only: bool = False,
    before: tuple[str, ...] = (),
) -> Callable[[Callable[..., Answer]], Command]:
    """Makes a command that answers about DATA; ``usual`` is whom it is for where nothing is said.

    ``server`` adds ``--engine``; ``steward_only`` commands are about the rows of persons, which no release has. The
    function takes an :class:`Ask` first and its own typer parameters after it; annotations must resolve at import.
    ``before`` names those of them that are typed before DATA.
    """
    key: dict[str, Option] = {} if steward_only else {"key": (Key, None, "key")}
    engine: dict[str, Option] = {"engine": (Engine, "local", "engine")} if server else {}
    common = {"for_": audience(usual), **key, **QUESTION, **engine}
    first = {"data": (Data, ..., "data")}
    context = partial(Ask, usual=usual, steward_only=steward_only)
    return lambda function: _command(function, say(zh, en), name, context, first, common, before)


def command(zh: str, en: str, *, name: str | None = None) -> Callable[[Callable[..., Answer]], Command]:
    """Makes a command without DATA; its function takes a :class:`Terminal` first."""
    return lambda function: _command(function, say(zh, en), name, Terminal, {}, dict(TERMINAL))


def _command(
    function: Callable[..., Answer],
    help_text: str,
    name: str | None,
    context: Callable[..., Terminal],
    first: dict[str, Option],
    last: dict[str, Option],
    before: tuple[str, ...] = (),
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
            ask.check_options()
            refuse_overwriting(
                ask.data, {**given, "template": ask.template_file, "mapping": ask.mapping, "key_": ask.key}
            )
        if code := deliver(function(ask, **given), ask):
            raise typer.Exit(code)

    run.__name__ = function.__name__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # how typer learns of options
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return Command(name or function.__name__.rstrip("_").replace("_", "-"), help_text, run)


def _parameter(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    default = inspect.Parameter.empty if default is ... else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
