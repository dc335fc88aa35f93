"""The address of a view: page, language, data, day and everything else that makes it, so that a link reopens it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode

from tiaokuai.web.words import Words

PAGES = ("where", "block", "what-if", "what-next", "sure", "data")
_LONGEST = 60_000  # characters of a query; scenarios fit (scenarios.LINK), a flood does not
_FIELDS = 60
_KEY = re.compile(r"[a-z][a-z0-9_.-]{0,40}")


@dataclass(frozen=True)
class Address:
    """One view. ``params`` are the other settings of the page, as texts."""

    page: str = "where"
    lang: str = "en"
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def say(self) -> Words:
        """Texts in the language of the view."""
        return Words(self.lang)

    def get(self, key: str, default: str = "") -> str:
        """A setting of the page."""
        return self.params.get(key, default)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A setting that is a number within bounds; the default where it is none."""
        try:
            value = float(self.params[key])
        except (KeyError, ValueError):
            return default
        return min(high, max(low, value)) if value == value else default

    def with_(self, page: str | None = None, *, keep: tuple[str, ...] | None = None, **changes: str | None) -> Address:
        """Another view from this one; None removes a setting, ``keep`` names those that survive (None: all).

        As whom one looks survives in any case.
        """
        kept = {key: value for key, value in self.params.items() if keep is None or key in (*keep, "as")}
        lang = changes.pop("lang", None) or self.lang
        for key, value in changes.items():
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value
        return Address(page or self.page, lang, kept)

    @property
    def search(self) -> str:
        """The query: ``?lang=zh&day=2026-06-30``."""
        pairs = [("lang", self.lang), *sorted(self.params.items())]
        return "?" + urlencode(pairs, quote_via=quote, safe=":,~")

    def href(self, prefix: str) -> str:
        """The whole local address.

        >>> Address("where", "zh", {"day": "2026-06-30"}).href("/desk/")
        '/desk/where?lang=zh&day=2026-06-30'
        """
        return f"{prefix}{self.page}{self.search}"


def language(search: str | None, otherwise: str) -> str:
    """The language that a query asks for.

    >>> language("?lang=zh", "en"), language("?lang=fr", "en")
    ('zh', 'en')
    """
    asked = dict(_pairs(search) or ()).get("lang")
    return asked if asked in ("zh", "en") else otherwise


def read_address(pathname: str | None, search: str | None, prefix: str, lang: str) -> Address | None:
    """The view at an address; None where there is no such page, or more behind the ? than any page has.

    >>> read_address("/where", "?day=2026-06-30", "/", "en").params
    {'day': '2026-06-30'}
    """
    inner = (pathname or "").removeprefix(prefix).strip("/")
    page = inner or "where"
    if page not in PAGES:
        return None
    pairs = _pairs(search)
    if pairs is None:
        return None
    params = {key: value for key, value in pairs if _KEY.fullmatch(key)}
    asked = params.pop("lang", lang)
    return Address(page, asked if asked in ("zh", "en") else lang, params)


def local(address: str, prefix: str) -> str:
    """The address, where it is a page of ours; else the first page.

    >>> local("/where?day=2026-06-30", "/"), local("//elsewhere.example/", "/"), local("/other", "/desk/")
    ('/where?day=2026-06-30', '/', '/desk/')
    """
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith(prefix) and not address.startswith("//") else prefix


def _pairs(search: str | None) -> list[tuple[str, str]] | None:
    """The fields of a query; None where it is a flood."""
    text = (search or "").lstrip("?")
    if len(text) > _LONGEST or text.count("&") >= _FIELDS:
        return None
    return parse_qsl(text)
