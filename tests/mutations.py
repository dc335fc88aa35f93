"""Inputs made wrong by chance: bytes cut, put in and flipped, words replaced by nasty ones, parts of a packed file."""

from __future__ import annotations

import io
import random
import re
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What is put in anywhere: separators, marks, other encodings.
PIECES = [
    *(b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b",", b"\n", b"\r", b"\t", b";", b"=1+1", b"#DIV/0!", b"NaN"),
    *("日期".encode(), "日期".encode("gb18030"), b"-1", b"1e309", b"99999999999999999999", b"0000-00-00", b"a" * 5000),
    *(b"&a [*a,*a]", b"- {", b"!!python/object:os.system", b"{" * 50, b"null", b"'", b"\\", b"%s", b"../../etc/passwd"),
    *(b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b"&e;", b"</node>", b"<<: *a", b"\xed\xa0\x80", b"\x1b[31m", b"[" * 2000),
]
# What a word is replaced by: every one of them is a value that some reader somewhere believes.
WORDS = [
    *(b"", b"0", b"-1", b"1.5", b"NaN", b".inf", b"-.inf", b"Infinity", b"1e400", b"9" * 5000, b"0x" + b"f" * 400),
    *(b"null", b"true", b"[]", b"{}", b'""', b"~", b"1:1:1", b"2027-13", b"9999-12-31", b"0001-01-01", b"2024-02-30"),
    *(b"1e-320", b"9223372036854775808", b"18446744073709551616", b"1_000", b"+5", "５".encode(), "٣".encode()),
    *(
        b"all",
        b"[[[[]]]]",
        b"{a: {b: c}}",
        b"x" * 100_000,
        b"!!binary aGk=",
        b"!!timestamp 99999-01-01",
        b"&a b",
        b"*a",
    ),
]
_WORD = re.compile(rb"[\w.+-]+")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few cuts, insertions, repetitions, flipped bytes and words replaced."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.choice([1, 2, 8, 64, 1024]))
        match chance.randrange(12):
            case 0 | 1:
                made[at:to] = b""
            case 2 | 3:
                made[at:at] = chance.choice(PIECES)
            case 4 | 5:
                made[at:at] = made[at:to]
            case 6 | 7 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 8:
                del made[at:]
            case _:
                if found := _WORD.search(made, at):
                    made[found.start() : found.end()] = chance.choice(WORDS)
    return bytes(made)


def mutated_zip(content: bytes, chance: random.Random) -> bytes:
    """Half of the time the packed bytes; else one part of it, packed again so that a reader comes as far as that."""
    if chance.random() < 0.3:
        return mutated(content, chance)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(made, "w") as broken:
        victim = chance.choice(whole.namelist())
        for name in whole.namelist():
            part = whole.read(name)
            broken.writestr(name, mutated(part, chance) if name == victim else part)
    return made.getvalue()


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Ends what takes longer, with TimeoutError, so that the others still have their turn."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
