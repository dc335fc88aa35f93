"""The address of a view: page, language, data, day and everything else that makes it, so that a link reopens it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode

from tiaokuai.web.words import Words

PAGES = ("where", "block", "what-if", "what-next", "sure", "data")
_LONGEST = 60_000  # characters of a query; scenarios fit (scenarios.LINK), a flood does not
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
        """Another view from this one; None removes a setting, ``keep`` names those that survive (None: all)."""
        kept = {key: value for key, value in self.params.items() if keep is None or key in keep}
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
    text = (search or "").lstrip("?")
    asked = dict(parse_qsl(text, max_num_fields=60)).get("lang") if len(text) <= _LONGEST else None
    return asked if asked in ("zh", "en") else otherwise


def read_address(pathname: str | None, search: str | None, prefix: str, lang: str) -> Address | None:
    """The view at an address; None where there is no such page.

    >>> read_address("/where", "?day=2026-06-30", "/", "en").params
    {'day': '2026-06-30'}
    """
    inner = (pathname or "").removeprefix(prefix).strip("/")
    page = inner or "where"
    if page not in PAGES:
        return None
    text = (search or "").lstrip("?")
    pairs = parse_qsl(text, max_num_fields=60) if len(text) <= _LONGEST else []
    params = {key: value for key, value in pairs if _KEY.fullmatch(key)}
    asked = params.pop("lang", lang)
    return Address(page, asked if asked in ("zh", "en") else lang, params)
