"""Columns that would profile a person: refused by their heading, unread, and by what is in them (source.md).

Views, beliefs, religion, health, family, identity numbers, ways to contact, scores: there is no place for them here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import polars as pl

from tiaokuai.graph.cells import as_texts
from tiaokuai.graph.problems import Words


@dataclass(frozen=True)
class Kind:
    """What a column would tell of a person, and how its heading is known."""

    what: Words
    chinese: tuple[str, ...]
    english: tuple[str, ...]  # whole words
    within: tuple[str, ...] = ()  # parts of words that stand for nothing else


_KINDS = (
    Kind(
        Words("观点、政治面貌", "views or politics"),
        (
            "观点",
            "立场",
            "政见",
            "政治",
            "思想",
            "倾向",
            "态度",
            "党派",
            "党员",
            "意识形态",
            "意见",
            "诉求",
            "看法",
            "想法",
            "入党",
            "政党",
            "党组织",
            "党支部",
            "党籍",
        ),
        ("view", "views", "opinion", "opinions", "stance", "attitude", "attitudes", "party", "vote", "votes"),
        ("politic", "ideolog", "viewpoint"),
    ),
    Kind(
        Words("信仰", "beliefs or religion"),
        ("信仰", "宗教", "教派", "信教", "信念", "教会"),
        ("belief", "beliefs", "faith", "church", "creed"),
        ("religio",),
    ),
    Kind(
        Words("健康", "health"),
        ("健康", "疾病", "病史", "病情", "残疾", "体检", "血型", "怀孕", "过敏", "病假", "体重"),
        ("disease", "illness", "medical", "disability", "disabled", "diagnosis", "pregnant", "bloodtype"),
        ("health",),
    ),
    Kind(
        Words("家庭", "family"),
        (
            "家庭",
            "家属",
            "配偶",
            "子女",
            "婚姻",
            "婚否",
            "婚育",
            "父母",
            "亲属",
            "家人",
            "父亲",
            "母亲",
            "丈夫",
            "妻子",
        ),
        ("family", "spouse", "marital", "married", "marriage", "children", "child", "parents", "relatives", "wife"),
        ("husband",),
    ),
    Kind(
        Words("民族、籍贯", "ethnicity or origin"),
        ("民族", "籍贯", "种族", "族别", "族裔", "户籍", "户口", "出生地"),
        ("ethnicity", "ethnic", "race", "nationality", "birthplace", "hukou"),
    ),
    Kind(
        Words("证件号", "an identity number"),
        ("身份证", "证件号", "护照", "社保号", "社会保障号", "驾驶证", "身份号", "银行卡", "工资卡"),
        ("ssn", "idcard", "identity", "nationalid", "citizenid", "idnumber", "idno"),
        ("passport", "identitycard", "identitynumber", "socialsecurity"),
    ),
    Kind(
        Words("电话", "a phone number"),
        ("电话", "手机", "座机", "联系方式", "联系人", "传真", "微信", "钉钉", "微博", "抖音"),
        ("mobile", "tel", "cell", "cellphone", "fax", "qq", "contact", "contacts", "whatsapp"),
        ("phone", "wechat", "weixin", "weibo", "skype", "telegram"),
    ),
    Kind(
        Words("电子邮箱", "an e-mail address"),
        ("邮箱", "邮件", "电邮"),
        ("mail", "mails"),
        ("email",),
    ),
    Kind(
        Words("地址", "an address"),
        ("地址", "住址", "住所", "门牌"),
        ("residence", "street", "postcode", "addr"),
        ("address",),
    ),
    Kind(
        Words("对个人的评分", "a score of a person"),
        ("评分", "得分", "打分", "分数", "考核", "测评", "评价", "评级", "积分", "绩效", "评语"),
        ("score", "scores", "rating", "ratings", "grade", "evaluation", "appraisal", "ranking", "performance"),
    ),
    Kind(
        Words("姓名、出生日期", "a person's name or birth"),
        ("姓名", "出生", "生日"),
        ("surname", "birthday", "dob", "dateofbirth", "fullname", "realname", "firstname", "lastname", "personname"),
        ("birthdate",),
    ),
)
# Harmless of an enterprise, but of a person they are not.
_OF_PEOPLE = (
    Kind(
        Words("个人特征", "a trait of a person"),
        (
            "名字",
            "名称",
            "年龄",
            "性别",
            "学历",
            "职务",
            "职称",
            "收入",
            "工资",
            "国籍",
            "社保",
            "特长",
            "性格",
            "画像",
            "标签",
        ),
        (
            "name",
            "age",
            "sex",
            "gender",
            "education",
            "salary",
            "income",
            "title",
            "nation",
            "citizenship",
            "personality",
            "character",
            "profile",
            "tag",
            "tags",
            "label",
            "mother",
            "father",
            "kids",
        ),
    ),
    Kind(
        Words("对个人的评分", "a score of a person"),
        (
            "评定",
            "鉴定",
            "等级",
            "星级",
            "排名",
            "名次",
            "信用",
            "表现",
            "忠诚",
            "可靠",
            "积极性",
            "活跃",
            "影响力",
            "贡献",
        ),
        (
            "rank",
            "level",
            "star",
            "stars",
            "points",
            "credit",
            "loyalty",
            "reliability",
            "sentiment",
            "activity",
            "engagement",
            "influence",
            "influential",
            "contribution",
            "assessment",
            "trust",
        ),
    ),
    Kind(
        Words("对个人的评注", "a remark about a person"),
        ("备注", "备考", "附注", "批注", "评论", "简评", "点评", "说明", "描述", "印象", "反馈", "简介", "记事"),
        (
            "remark",
            "remarks",
            "note",
            "notes",
            "comment",
            "comments",
            "memo",
            "description",
            "impression",
            "feedback",
            "observation",
            "observations",
            "freetext",
            "bio",
            "about",
        ),
    ),
)
_PEOPLE = ("members", "backbones")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")  # a heading reads the same with and without them


def refused_heading(table: str, heading: str) -> Words | None:
    """What a column of this heading would tell of a person, None where nothing.

    >>> refused_heading("enterprises", "联系电话").en, refused_heading("members", "e-mail").en
    ('a phone number', 'an e-mail address')
    >>> refused_heading("enterprises", "operating hours")
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", heading))
    together = re.sub(r"\s", "", plain)  # 宗 教
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", plain)]
    pairs = {"".join(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words))}
    joined = "".join(words)
    kinds: tuple[Kind, ...] = (*_KINDS, *_OF_PEOPLE) if table in _PEOPLE else _KINDS
    for kind in kinds:
        told = any(part in together for part in kind.chinese) or any(part in joined for part in kind.within)
        if told or pairs.intersection(kind.english):
            return kind.what
    return None


# In a cell: bounded by anything but letters and digits, so that a part of a longer id is none.
_START, _END = r"(?:^|[^0-9A-Za-z])", r"(?:$|[^0-9A-Za-z])"
_LABEL = "[0-9A-Za-z\u4e00-\u9fff-]"  # of a domain, which ends in a word: 10 @ 2.5 is a price
_EMAIL = rf"[0-9A-Za-z_.+-]+ ?[@＠] ?{_LABEL}+(?:\.{_LABEL}+)*\.[A-Za-z\u4e00-\u9fff]{_LABEL}+"
_MOBILE = _START + r"(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}[ -]?|\.[0-9]{4}\.)[0-9]{4}" + _END
_LANDLINE = _START + r"(?:\(0[0-9]{2,3}\) ?|0[0-9]{2,3}[ -])[2-9][0-9]{2,3}[ -]?[0-9]{4}" + _END
_ABROAD = r"(?:^|[^0-9A-Za-z])\+[1-9][0-9]{0,2}[ -][0-9][0-9 -]{6,12}[0-9]" + _END
_IDENTITY = (
    r"(?:^|[^0-9])"  # ID310115…: no longer id has a day and a right check digit just there
    r"([1-9][0-9]{5}[ -]?(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[ -]?[0-9]{3}[0-9Xx])" + _END
)
# UnionPay's as it is written, others' in fours as they stand on the card: an id may be as long.
_CARD = _START + r"(62[0-9]{14,17}|[2-6][0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{1,3})?)" + _END
# Nothing of the above is possible without an @ or ten digits.
_POSSIBLE = r"[@＠]|\d[ -]?[(（]?(?:\d[ )）.－-]{0,2}){8,}\d"
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def refused_content(cells: pl.Series) -> tuple[Words, int] | None:
    """What the cells of a column tell of people, and the position of the first that does; None where nothing.

    >>> found = refused_content(pl.Series(["外资", "请电 13800138000"]))
    >>> found[0].en, found[1]
    ('phone numbers', 1)
    """
    if cells.dtype.is_temporal() or cells.dtype in (pl.Boolean, pl.Null):
        return None
    texts = as_texts(cells)
    if (texts.str.len_bytes().max() or 0) < 6:  # type: ignore[operator]  # a@b.cn
        return None
    possible = texts.str.contains(_POSSIBLE).fill_null(False).arg_true()
    if not len(possible):
        return None
    suspects = pl.Series([unicodedata.normalize("NFKC", text) for text in texts.gather(possible)], dtype=pl.String)
    for what, pattern in _CONTENTS:
        if len(hits := suspects.str.contains(pattern).arg_true()):
            return what, int(possible[hits[0]])
    for what, pattern, valid in _NUMBERS:
        for at, numbers in enumerate(suspects.str.extract_all(pattern)):
            if any(valid(re.sub(r"[^0-9Xx]", "", number)) for number in numbers):
                return what, int(possible[at])
    return None


_CONTENTS = (
    (Words("电子邮箱", "e-mail addresses"), _EMAIL),
    (Words("电话号码", "phone numbers"), f"{_MOBILE}|{_LANDLINE}|{_ABROAD}"),
)


def valid_identity(number: str) -> bool:
    """Whether the check digit of an 18-digit resident identity number is right (GB 11643, ISO 7064 MOD 11-2).

    >>> valid_identity("11010519491231002X"), valid_identity("110105194912310021")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _CHECK_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def valid_card(number: str) -> bool:
    """Whether the check digit of a bank card's number is right (Luhn, ISO/IEC 7812).

    >>> valid_card("6222021001116245702"), valid_card("6222021001116245703")
    (True, False)
    """
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


_NUMBERS = (
    (Words("身份证号", "identity numbers"), _IDENTITY, valid_identity),
    (Words("银行卡号", "bank card numbers"), _CARD, valid_card),
)
