"""Small files and odd places made to harm: each a plain sentence at once (issue 9)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command import tiaokuai
from tests.data_sets import lay_out
from tests.hostile import apart
from tests.mutations import alarm

SECONDS = 60  # most take a hundredth of one

LOOPS = "\n".join(
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]",
        *(f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join([f'*{chr(97 + at)}'] * 10)}]" for at in range(9)),
    ]
)
WRITTEN = {
    "deep": "[" * 100_000,
    "deep inside": '{"a":' * 100_000,
    "laughs": LOOPS + "\nrates: {fill: *j}\nenterprises: {nodes: A, columns: {id: *j}}\n",
    "an alias of itself": "rates: &a\n  fill: *a\ninterventions: *a\nnever: *a\nenterprises: *a\n",
    "merged keys": "a: &a {x: 1}\n"
    + "\n".join(f"{chr(98 + at)}: &{chr(98 + at)} {{<<: [{', '.join([f'*{chr(97 + at)}'] * 10)}]}}" for at in range(9)),
    "an endless number": "rates: {fill: "
    + "9" * 100_000
    + "}\nbudgets: ["
    + "9" * 100_000
    + "]\nenterprises: "
    + "9" * 5000,
    "an endless number of another base": "rates: {fill: 0x" + "f" * 100_000 + "}\nenterprises: 0x" + "f" * 5000,
    "no numbers": "rates: {fill: .nan, start: .inf}\ncosts: {found: .inf}\nbudgets: [.nan]\nenterprises: .nan",
    "a name of Python's": "rates: {self: 1}\n__class__: 1\nenterprises: {columns: {__class__: x}}\n",
    "code": 'rates: !!python/object/apply:os.system ["true"]\ninterventions: !!set {a}\nnever: !!binary aaa\n',
    "days that are none": "rates: {fill: 2024-02-30}\n2024-02-30: 99999-01-01\n",
    "another encoding": "rates: {fill: 0.1}\0",
    "nothing": "",
    "one word": "42",
    "a list": "- a\n- b\n",
}
READERS = {
    "scenario.yaml": ("simulate", "DATA", "--scenario", "FILE", "--months", "2", "--runs", "2"),
    "rates.yaml": ("simulate", "DATA", "--rates", "FILE", "--months", "2", "--runs", "2"),
    "ranges.yaml": ("sensitivity", "DATA", "--rates", "FILE", "--samples", "2", "--months", "2"),
    "wishes.yaml": ("plan", "DATA", "--budget", "60", "--periods", "2", "--constraints", "FILE", "--no-simulate"),
    "shown.json": ("report", "DATA", "--plan", "FILE", "--out", "OUT"),
    "template.toml": ("coverage", "DATA", "--template", "FILE"),
    "kept.json": ("grade", "FILE", "DATA"),
    "users.json": ("user", "list", "FILE"),
    "mapping.yaml": ("check", "bolt://127.0.0.1:1", "--mapping", "FILE"),
    "graph.json": ("check", "FILE"),
    "graph.graphml": ("check", "FILE"),
    "graph.gexf": ("check", "FILE"),
    "book.xlsx": ("check", "FILE"),
    "mine.key": ("pseudonymise", "DATA", "--out", "OUT", "--key", "FILE"),
}


def asked(name: str, path: Path, folder: Path) -> tuple[str, ...]:
    places = {
        "FILE": str(path),
        "DATA": str(lay_out(folder / "data", people=True)),
        "OUT": str(folder / "out" / "o.html"),
    }
    (folder / "out").mkdir(exist_ok=True)
    return tuple(places.get(part, part) for part in READERS[name])


@pytest.mark.parametrize("content", WRITTEN)
@pytest.mark.parametrize("name", READERS)
def test_small_files_that_harm(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(WRITTEN[content])
    path.chmod(0o600)
    with alarm(SECONDS):
        outcome = tiaokuai(*asked(name, path, tmp_path), "--json")
    if content == "nothing" and name == "wishes.yaml":
        assert outcome.code == 0  # no wishes are wishes too
    else:
        assert (outcome.code, outcome.json["error"]["code"] if "error" in outcome.json else "") != (0, ""), outcome
        assert outcome.code == 1


@pytest.mark.parametrize(
    "kind", ["a pipe", "a device", "a folder", "a link to nowhere", "a link to a device", "endless"]
)
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_is_told_at_once(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    {
        "a pipe": lambda: os.mkfifo(path),
        "a device": lambda: path.symlink_to("/dev/null"),
        "a folder": path.mkdir,
        "a link to nowhere": lambda: path.symlink_to(tmp_path / "nowhere"),
        "a link to a device": lambda: path.symlink_to("/dev/zero"),
        "endless": lambda: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40),
    }[kind]()
    with alarm(SECONDS):
        outcome = tiaokuai(*asked(name, path, tmp_path), "--json")
    if (name, kind) == ("mine.key", "a link to nowhere"):
        assert path.stat().st_mode & 0o777 == 0o600  # a new key
        return
    assert outcome.code == 1, outcome
    said = outcome.json.get("error") or outcome.json["problems"][0]
    assert name in said["message"] + str(said.get("file")) or "--template" in said["message"]


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a link to nowhere"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_that_is_no_file_is_told(kind: str, suffix: str, tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    (data / "enterprises.csv").unlink()
    path = data / f"enterprises.{suffix}"
    {"a pipe": lambda: os.mkfifo(path), "a folder": path.mkdir, "a link to nowhere": lambda: path.symlink_to("x")}[
        kind
    ]()
    with alarm(SECONDS):
        (problem,) = tiaokuai("check", data, "--json").json["problems"]
    assert (problem["code"], problem["file"]) == ("unreadable", path.name)


@pytest.mark.process
def test_names_of_files_that_are_no_text_or_more_than_a_line(tmp_path: Path) -> None:
    data = lay_out(tmp_path)
    for name in (b"no\ntable.csv", b"\xff\xfe.csv", b"\x1b[31mred.csv", "‮.csv".encode()):
        Path(os.fsdecode(os.fsencode(data) + b"/" + name)).write_bytes(b"id\n")
    outcome = tiaokuai("check", data, "--json")
    assert (outcome.code, len(outcome.json["problems"])) == (0, 4)
    ended = apart("check", data)
    assert ended.code == 0
    assert "\x1b" not in ended.out
    gone = apart("check", data / "\x1b[31m")
    assert (gone.code, gone.err.count("\n"), "\x1b" in gone.err) == (1, 1, False)


def test_a_pipe_of_the_shell_is_read(tmp_path: Path) -> None:
    """`--scenario <(…)` in a shell gives the command a pipe that is open already."""
    out, in_ = os.pipe()
    os.write(in_, b"name: piped\ninterventions: []\n")
    os.close(in_)
    asked = ("simulate", lay_out(tmp_path), "--months", "2", "--runs", "2", "--json")
    outcome = tiaokuai(*asked, "--scenario", f"/dev/fd/{out}")
    os.close(out)
    assert [each["name"] for each in outcome.json["scenarios"]] == ["baseline", "piped"]
