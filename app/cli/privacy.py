"""The commands that keep the promises to people: erase, pseudonymise, privacy (release.md)."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tiaokuai.cli.frame import Answer, Ask, question
from tiaokuai.cli.language import say
from tiaokuai.graph.errors import RequestError, UsageError

COPIES = (
    ("备份与导出文件、保存的报告", "backups, exported files and kept reports"),
    ("同一工作簿的其他工作表、同一文件夹的其他文件", "other sheets of the same workbook, other files of its folder"),
    ("版本库、邮件与共享盘中的旧副本", "older copies in version control, mail and shared drives"),
    ("推送过的 Neo4j 数据库（请再次推送）", "a Neo4j database that was pushed to (push again)"),
)


@question(
    "从数据中删除会员（撤回同意或到期）",
    "remove members from the data: consent withdrawn, or kept too long",
    steward_only=True,
)
def erase(
    ask: Ask,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help=say("会员编号", "ids of members"))] = None,
    expired: Annotated[
        bool, typer.Option("--expired", help=say("所有超过保留期的会员", "every member past retention"))
    ] = False,
    years: Annotated[
        int, typer.Option("--years", min=0, max=1000, help=say("保留年数", "years kept after leaving"))
    ] = 3,
) -> Answer:
    """Withdrawn consent removes the rows; expired ones stay as counts without a person."""
    from tiaokuai.graph import privacy

    if bool(ids) == expired:
        raise UsageError("erase_what", "请给出会员编号，或用 --expired", "name the members' ids, or say --expired")
    if expired:
        gone = privacy.forget(ask.network, privacy.expired(ask.network, ask.day, years))
    else:
        gone = privacy.erase(ask.network, ids or [])
    if gone.members:
        _take_out(ask, gone, "expired" if expired else "withdrawn")
    document = {
        "erased": {"members": gone.members, "backbones": gone.backbones},
        "reason": "expired" if expired else "withdrawn",
        "also_look_at": [ask.say(zh, en) for zh, en in COPIES],
    }
    return Answer("erase", document, _show_erased)


def _take_out(ask: Ask, gone: Any, reason: str) -> None:
    if ask.mapping is not None:
        raise RequestError(
            "foreign_database",
            "用 --mapping 读取的数据库由别人管理，tiaokuai 不改动它；请在原系统中删除",
            "a database read with --mapping is another system's, and is never changed; erase the members there",
        )
    if "://" in ask.data:
        from tiaokuai.loaders.neo4j_push import erase_members

        erase_members(gone.network, ask.data, reason, gone.members, gone.backbones)
        return
    from tiaokuai.loaders import rewrite

    rewrite(gone.network, ask.data, ("members", "backbones"), beside=_tombstone(ask, gone, reason))


def _tombstone(ask: Ask, gone: Any, reason: str) -> dict[Path, str]:
    """That somebody was erased, when and why, without who: a line more in a file beside the data."""
    data = Path(ask.data)
    log = data / "erasures.log" if data.is_dir() else data.with_name(data.stem + ".erasures.log")
    line = {"on": date.today().isoformat(), "reason": reason, "members": gone.members, "backbones": gone.backbones}
    before = log.read_text(encoding="utf-8") if log.exists() else ""
    return {log: before + json.dumps(line) + "\n"}


def _show_erased(document: Mapping[str, Any], ask: Ask) -> None:
    erased = document["erased"]
    if not erased["members"]:
        print(ask.say("没有超过保留期的会员，数据未变。", "Nobody is past retention; the data are unchanged."))
        return
    print(
        ask.say(
            f"已删除 {erased['members']} 名会员、{erased['backbones']} 条线；企业人数不变。",
            f"Erased {erased['members']} members and {erased['backbones']} lines; head-counts are unchanged.",
        )
    )
    print(ask.say("以下地方可能仍有副本：", "A copy may still be in:"))
    for place in document["also_look_at"]:
        print(f"  - {place}")


@question("把会员编号换成带密钥的假名", "replace the members' ids by keyed pseudonyms", steward_only=True)
def pseudonymise(
    ask: Ask,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help=say("写到何处", "where to write"))],
    key: Annotated[
        Path, typer.Option("--key", metavar="FILE", help=say("密钥文件，没有则新建", "key file; made if missing"))
    ],
) -> Answer:
    """The key never lies beside the data: whoever has both can go back to the ids."""
    from tiaokuai.graph import privacy
    from tiaokuai.loaders import write

    _refuse_beside(key, out, "--out")
    if "://" not in ask.data:
        _refuse_beside(key, Path(ask.data), "DATA")
    hidden = privacy.pseudonymise(ask.network, _key(key))
    write(hidden, out)
    document = {"members": hidden["members"].height, "out": str(out), "key": str(key)}
    return Answer("pseudonymise", document, _show_pseudonymised)


def _refuse_beside(key: Path, data: Path, what: str) -> None:
    folder, home = Path(os.path.realpath(data)), Path(os.path.realpath(key)).parent
    if folder in (home, *home.parents) or (not folder.is_dir() and folder.suffix and folder.parent == home):
        zh, en = f"密钥不能放在 {what} 旁边", f"the key must not lie beside {what}; choose another folder for it"
        raise RequestError("key_beside_data", zh, en, key=str(key), folder=str(folder))


def _key(file: Path) -> bytes:
    from tiaokuai.files.atomic import replacing
    from tiaokuai.graph.privacy import KEY_BYTES

    if file.exists():
        return _read_key(file)
    made = secrets.token_bytes(KEY_BYTES)
    with replacing(file, private=True) as temporary:
        temporary.write_text(made.hex() + "\n", encoding="ascii")
    return made


def _read_key(file: Path) -> bytes:
    from tiaokuai.files.limits import small_text
    from tiaokuai.graph.privacy import KEY_BYTES

    if os.name == "posix" and file.stat().st_mode & 0o077:
        zh, en = f"{file}：别人也能读这个密钥，请先 chmod 600", f"{file}: others can read this key; chmod 600 it first"
        raise RequestError("key_readable", zh, en, key=str(file))
    try:
        key = bytes.fromhex(small_text(file, 10_000).strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        zh, en = f"{file} 不是密钥文件", f"{file} is not a key file ({KEY_BYTES} bytes in hexadecimal)"
        raise RequestError("bad_key", zh, en, key=str(file))
    return key


def _show_pseudonymised(document: Mapping[str, Any], ask: Ask) -> None:
    print(
        ask.say(
            f"{document['members']} 名会员的编号已替换，写入 {document['out']}；密钥在 {document['key']}，请另行保管。",
            f"{document['members']} members now have other ids, in {document['out']}; "
            f"keep the key {document['key']} elsewhere.",
        )
    )


@question("个人信息保护影响评估的事实部分", "the factual part of a data-protection assessment", steward_only=True)
def privacy(
    ask: Ask,
    years: Annotated[
        int, typer.Option("--years", min=0, max=1000, help=say("保留年数", "years kept after leaving"))
    ] = 3,
) -> Answer:
    """Fields, people, consent, retention, audiences; with blanks for the human judgement."""
    from tiaokuai.graph.privacy import facts

    document = {
        **facts(ask.network, ask.day, years),
        "audiences": {name: ask.say(*words) for name, words in AUDIENCES.items()},
        "judgement": {ask.say(*blank): None for blank in JUDGEMENT},
    }
    return Answer("privacy", document, _show_facts)


AUDIENCES = {
    "steward": ("数据管理者：数据本身", "the data themselves, for who holds the files"),
    "planner": (
        "规划者：不含个人的公布版；企业的线数，会员数按块以 5 为单位，按季度",
        "a release without persons: lines of enterprises, members in fives by block, by quarter",
    ),
    "public": (
        "公众：不含个人的公布版；线数与会员数都按块以 5 为单位，按年",
        "a release without persons: lines and members in fives by block, by year",
    ),
}
JUDGEMENT = (
    ("处理目的与必要性", "purpose and necessity"),
    ("法律依据", "legal basis"),
    ("对个人权益的影响与风险", "risks to the people concerned"),
    ("已采取的措施是否相称", "whether the measures are proportionate"),
    ("批准人与日期", "approved by, on"),
)


def _show_facts(document: Mapping[str, Any], ask: Ask) -> None:
    from tiaokuai.graph.naming import column_name, table_name

    people, consent, kept = document["people"], document["consent"], document["retention"]
    print(ask.say("# 个人信息保护影响评估：事实部分", "# Data-protection assessment: the facts"))
    print(
        f"\n{ask.say('截至', 'As of')} {document['as_of']} · {ask.say('数据指纹', 'data hash')} {document['data_hash']}"
    )
    print(f"\n## {ask.say('字段', 'Fields about people')}\n")
    for table, fields in document["fields"].items():
        names = [column_name(table, field, ask.lang) for field in fields]
        print(f"- {table_name(table, ask.lang)}{ask.say('：', ': ')}{ask.say('、', ', ').join(names)}")
    print(f"\n## {ask.say('人数', 'People')}\n")
    print(f"- {ask.say('会员记录：', 'member records: ')}{people['members']:,}")
    print(f"- {ask.say('在册会员：', 'active members: ')}{people['active_members']:,}")
    print(f"- {ask.say('骨干：', 'backbones: ')}{people['backbones']:,}")
    print(f"- {ask.say('仅作人数统计：', 'only a head-count: ')}{people['head_count_only']:,}")
    print(f"\n## {ask.say('同意与保留', 'Consent and retention')}\n")
    print(f"- {ask.say('有同意日期：', 'with a date of consent: ')}{consent['with_date']}", end="")
    print(f" ({consent['first']} – {consent['last']})" if consent["first"] else "")
    print(f"- {ask.say('保留年数：', 'kept after leaving, years: ')}{kept['years']}")
    print(f"- {ask.say('超过保留期：', 'past retention: ')}{kept['expired']}", end="")
    print(f" (tiaokuai erase {ask.data} --expired)" if kept["expired"] else "")
    print(f"\n## {ask.say('谁能看到什么', 'Who sees what')}\n")
    for name, words in document["audiences"].items():
        print(f"- {name}{ask.say('：', ': ')}{words}")
    print(f"\n## {ask.say('待人判断', 'For human judgement')}\n")
    for blank in document["judgement"]:
        print(f"- {blank}{ask.say('：', ': ')}____________")


COMMANDS = [erase, pseudonymise, privacy]
