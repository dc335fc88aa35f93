"""Who may be told what of which network."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tiaokuai.graph.errors import RequestError
from tiaokuai.graph.release.note import AUDIENCES
from tiaokuai.graph.release.offsets import secret_of

if TYPE_CHECKING:
    from tiaokuai.graph.network import Network


def release(
    network: Network,
    audience: str = "planner",
    key: bytes | None = None,
    before: Network | None = None,
    today: date | None = None,
) -> Network:
    """The network as an audience may know it; for a steward the network itself.

    ``key`` is any 32 bytes or more, the same every time so that the same is told every time; without one the
    installation's own (:mod:`tiaokuai.files.secret`). ``before`` is an earlier release: whatever it told is told again.
    For the public it may also be an earlier planner's release, which the public's is then made from. Steps after
    ``today`` are not told.

    A release can be released again for the same readers or fewer. Raises RequestError for an audience that does not
    exist or may know more than the network holds, a key that is too short, an earlier release for other readers.

    >>> import tiaokuai as tk
    >>> planner = tk.generate(blocks=3, enterprises=30, seed=1).release("planner", key=b"k" * 32)
    >>> planner["members"].height, planner["counts"].height > 0, planner.released.audience
    (0, True, 'planner')
    """
    from tiaokuai.graph.release.making import for_planner, for_public

    if audience not in AUDIENCES:
        raise RequestError(
            "unknown_audience",
            f"没有“{audience}”这种读者，只有 {'、'.join(AUDIENCES)}",
            f"there is no audience {audience}; there are {', '.join(AUDIENCES)}",
            audience=audience,
        )
    have = network.released.audience if network.released else "steward"
    if audience in (have, "steward"):
        return network
    if have == "public":
        raise RequestError(
            "already_public",
            "这是向公众公布的版本，其中没有规划者可以看到的内容",
            "this is a release for the public; what planners may know is not in it",
        )
    given = _earlier(before, audience)
    secret, day = _secret(key), today or date.today()
    if have == "steward":
        network = for_planner(network, secret, given.get("planner"), day)
    if audience == "planner" or network.released is None:
        return network
    return for_public(network, network.released, secret, given.get("public"), day)


def _earlier(before: Network | None, audience: str) -> dict[str, Network]:
    if before is None:
        return {}
    reader = before.released.audience if before.released else "steward"
    if reader == "steward" or (reader == "public" and audience == "planner"):
        raise RequestError(
            "wrong_before",
            f"先前的版本不是向 {audience} 公布的版本",
            f"the earlier data are no release for the {audience}",
            audience=audience,
        )
    return {reader: before}


def _secret(key: bytes | None) -> bytes:
    from tiaokuai.files.secret import KEY_BYTES, installation_secret

    content = installation_secret() if key is None else key
    if len(content) < KEY_BYTES:
        raise RequestError(
            "short_key",
            f"密钥至少要有 {KEY_BYTES} 个字节，而不是 {len(content)} 个",
            f"a key has {KEY_BYTES} bytes or more, not {len(content)}",
        )
    return secret_of(content)
