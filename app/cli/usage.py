"""What typer says of wrong arguments, in Chinese: it speaks English alone."""

from __future__ import annotations

import re

_WHOLE = (
    (r"Missing argument '(.+?)'\.", "缺少参数 {}"),
    (r"Missing option '(.+?)'\.", "缺少选项 {}"),
    (r"Missing command\.", "没有给出命令"),
    (r"No such command '(.+)'\.", "没有命令 {}"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "没有选项 {}，相近的有 {}"),
    (r"No such option: (\S+)", "没有选项 {}"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多出了参数 {}"),
    (r"Option '(.+)' does not take a value\.", "选项 {} 不带值"),
    (r"Option '(.+)' requires an argument\.", "选项 {} 须带值"),
)
_VALUE = re.compile(r"Invalid value(?: for '(.+?)')?: (.+)", re.DOTALL)
_REASONS = (
    (r"(.+) is not one of (.+?)\.?", "{} 不在 {} 之中"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数字"),
    (r"Input should be greater than or equal to (.+)", "应不小于 {}"),
    (r"Input should be less than or equal to (.+)", "应不大于 {}"),
    (r"\w+ '(.+)' does not exist\.", "{} 不存在"),
)


def in_chinese(said: str) -> str:
    """The complaint in Chinese; one that is not known here stays as it is.

    >>> in_chinese("Missing option '--budget'.")
    '缺少选项 --budget'
    >>> in_chinese("Invalid value for '--lang': 'fr' is not one of 'zh', 'en'.")
    "--lang 的值不对：'fr' 不在 'zh', 'en' 之中"
    """
    if value := _VALUE.fullmatch(said):
        return f"{value[1] or '参数'} 的值不对：{_said(value[2], _REASONS)}"
    return _said(said, _WHOLE)


def _said(text: str, known: tuple[tuple[str, str], ...]) -> str:
    for pattern, chinese in known:
        if found := re.fullmatch(pattern, text):
            return chinese.format(*found.groups())
    return text
