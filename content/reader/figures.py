"""The figures that a text states, so that two languages can be compared: digits, numerals and units."""

import re
from dataclasses import dataclass
from decimal import Decimal

Number = Decimal

DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.])[−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![A-Za-z_])\d+(?:\.\d+)?",
)
ZH_UNITS = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
EN_UNITS = {
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "million": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
EN_UNIT = re.compile(r"[\s\u00a0]*(?:-[\s]*)?(hundred|thousand|million|billion|bn|k|m)\b", re.I)
ZH_UNIT = re.compile(r"[\s\u00a0]*(?:多|余|来)?([百千]?[万亿]|[百千])")
ZH_NUMERAL = re.compile(r"[零〇一二三四五六七八九十百千万亿两半几]+")
ZH_SHARE = re.compile(r"([百千万])分之([零〇一二三四五六七八九十百]+)")
"""百分之八, 万分之五: written in English in per cent or per mille."""
ZH_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
EN_SMALL = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
EN_TENS = {
    word: (n + 2) * 10
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
EN_OTHER = {
    "once": 1, "first": 1, "single": 1, "half": 2, "halves": 2, "twice": 2, "second": 2, "double": 2, "both": 2,
    "pair": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fifth": 5, "fifths": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "dozen": 12,
    "fifteenth": 15, "twentieth": 20, "thirtieth": 30, "hundredth": 100, "january": 1, "february": 2, "march": 3,
    "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11,
    "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "oct": 10, "nov": 11, "dec": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000, "noon": 12,
    "midnight": 0, "tenfold": 10, "weekly": 1, "fortnight": 14, "a": 1, "an": 1,
    "another": 1, "each": 1, "every": 1, "per": 1, "no": 0, "none": 0, "nobody": 0,
}  # fmt: skip
EN_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
ANY_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
COUNTS_IN_WAN = re.compile(r"\d\s*万")
HOUR = re.compile(r"小时|分钟|hour|minute", re.IGNORECASE)
CODE = re.compile(r"\b(?=[0-9a-z]*[a-z])(?=[0-9a-z]*[0-9])[0-9a-z]{8,}\b|\]\([^)]*\)", re.ASCII)
FULL_HOUR = re.compile(r"(?<=\d)[:：]00(?!\d)")
PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True)
class Stated:
    """`digits`: figures written in digits, each as (as written, what it may mean); `known`: every figure."""

    digits: tuple[tuple[str, frozenset[Number]], ...]
    known: frozenset[Number]


def figures_of(text: str, language: str) -> Stated:
    """The figures that `text` states; `language` is zh or en."""
    plain = FULL_HOUR.sub("", CODE.sub(" ", PLACEHOLDER.sub(" ", text)))
    digits = tuple(_digits(plain, language))
    known = {number for _, numbers in digits for number in numbers}
    known |= {Number(run.replace(",", "")).normalize() for run in ANY_DIGITS.findall(plain)}
    known |= {Number(1), Number(60), Number(24)} if HOUR.search(plain) else set()
    known |= set(_zh_numerals(plain) if language == "zh" else _en_numerals(plain))
    return Stated(digits, frozenset(known))


def drifted(zh: str, en: str, also_zh: str = "", also_en: str = "") -> tuple[list[str], list[str]] | None:
    """Figures in digits that the other language does not state at all: those of the Chinese, of the English.

    A figure in a text that counts in 万 or 亿 may stand in the other language in units. What `also_…` states
    (footnotes) counts as stated. None when they agree.
    """
    in_zh, in_en = figures_of(zh, "zh"), figures_of(en, "en")
    known_zh = in_zh.known | figures_of(also_zh, "zh").known
    known_en = in_en.known | figures_of(also_en, "en").known
    if COUNTS_IN_WAN.search(zh):
        known_en |= {(number / 10_000).normalize() for number in known_en}
    only_zh, only_en = _alone(in_zh, known_en), _alone(in_en, known_zh)
    return (only_zh, only_en) if only_zh or only_en else None


SCALES = tuple(Number(10) ** power for power in (-8, -6, -4, -2, 2, 4, 6, 8))
"""万, 亿, million, and the hundredth of a percentage."""
EXACT_BELOW = 10
"""Small whole figures are compared as they are: with scales almost everything would be a match."""


def _alone(stated: Stated, known: frozenset[Number]) -> list[str]:
    return [word for word, numbers in stated.digits if not any(_is_known(n, known) for n in numbers)]


def _is_known(number: Number, known: frozenset[Number]) -> bool:
    if number in known:
        return True
    is_telling = number >= EXACT_BELOW or number != number.to_integral_value()
    return is_telling and any(number * scale in known for scale in SCALES)


def _digits(text: str, language: str) -> list[tuple[str, frozenset[Number]]]:
    unit = ZH_UNIT if language == "zh" else EN_UNIT
    found = []
    for match in DIGITS.finditer(text):
        number = Number(match[0].replace(",", "").lstrip("−-"))
        numbers = {number.normalize()}
        after = unit.match(text, match.end())
        if after:
            numbers.add((number * _scale(after[1])).normalize())
        found.append((match[0] + (after[0] if after else ""), frozenset(numbers)))
    return found


def _scale(word: str) -> Number:
    scale = Number(1)
    if word.lower() in EN_UNITS:
        return Number(EN_UNITS[word.lower()])
    for character in word:
        scale *= ZH_UNITS[character]
    return scale


def _zh_numerals(text: str) -> list[Number]:
    """Every value that a run of numerals can mean: 八十一 is 81, and 两 is 2."""
    numbers = []
    for match in ZH_NUMERAL.finditer(text):
        numbers.append(_zh_value(match[0]))
        numbers += [Number(ZH_DIGIT[c]) for c in match[0] if c in ZH_DIGIT]
        numbers += [_zh_value(match[0]) * 10] if text[match.end() : match.end() + 1] == "成" else []
        numbers += [Number(2)] if "半" in match[0] else []
        numbers += [Number(1)] if "每" in text[max(0, match.start() - 1) : match.start()] else []
    for share in ZH_SHARE.finditer(text):
        part = _zh_value(share[2]) / ZH_UNITS[share[1]]
        numbers += [part * 100, part * 1000]
    return [number.normalize() for number in numbers]


def _zh_value(run: str) -> Number:
    if len(run) > 1 and all(character in ZH_DIGIT for character in run):
        return Number("".join(str(ZH_DIGIT[character]) for character in run))  # 二〇二五
    total = section = digit = 0
    for character in run:
        if character in ZH_DIGIT:
            digit = ZH_DIGIT[character]
        elif character in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character in "万亿":
            total = (total + section + digit or 1) * ZH_UNITS[character]
            section = digit = 0
    return Number(total + section + digit)


def _en_numerals(text: str) -> list[Number]:
    numbers = []
    for match in EN_WORD.finditer(text):
        parts = match[0].lower().split("-")
        values = [value for value in map(_en_value, parts) if value is not None]
        numbers += [Number(value) for value in values]
        if len(values) == 2 and values[0] in EN_TENS.values():
            numbers.append(Number(sum(values)))
    return [number.normalize() for number in numbers]


def _en_value(word: str) -> int | None:
    if word in EN_SMALL:
        return EN_SMALL.index(word)
    return EN_TENS.get(word, EN_OTHER.get(word))
