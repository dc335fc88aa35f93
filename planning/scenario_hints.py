"""How to write what a scenario file has wrong: Chinese punctuation, percentages, numbers in quotes."""

from __future__ import annotations

import re

from ruamel.yaml.nodes import Node, ScalarNode

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?[%％]", re.ASCII)
_WIDE = {"：": ": (with a space)", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "“": '"', "”": '"'}


def wide(text: str) -> tuple[str, str]:
    """What to say, (zh, en), where Chinese punctuation stands in the place of YAML's.

    >>> wide("at：2027-01，do: found")[1]
    '; ：， are full-width: write them as : (with a space) ,'
    """
    found = [sign for sign in _WIDE if sign in text]
    if not found:
        return "", ""
    signs, plain = "".join(found), " ".join(_WIDE[sign] for sign in found)
    them = "it" if len(found) == 1 else "them"
    zh = "、".join(f"“{sign}”" for sign in found)
    colon = "，冒号后加空格" if "：" in found else ""
    return (
        f"；全角符号 {zh} 请改为半角{colon}",
        f"; {signs} {'is' if them == 'it' else 'are'} full-width: write {them} as {plain}",
    )


def written(node: Node) -> tuple[str, str]:
    """What to say, (zh, en), of a number in quotes or a percentage."""
    if not isinstance(node, ScalarNode):
        return "", ""
    if found := _PERCENT.fullmatch(str(node.value)):
        share = f"{float(found.group(1)) / 100:g}"
        return f"，{node.value} 写成 {share}", f"; {node.value} is written {share}"
    return ("，不加引号", ", without quotes") if node.style in ("'", '"') else ("", "")


def plainly(number: float) -> str:
    """A limit without an exponent.

    >>> plainly(0.5), plainly(1e12)
    ('0.5', '1,000,000,000,000')
    """
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"
