"""Which passwords are accepted: length and guessability, nothing about composition (safety.md A1–A3).

At fifteen characters and more the common lists consist of a few well-known pieces put together: popular
words, keyboard walks, runs of letters or digits, dates, telephone and identity numbers, own names. What
such pieces do not explain is what a guesser has to guess, and it must not be next to nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from lms.domain.common_words import COMMON_WORDS, PRODUCT_WORDS
from lms.domain.errors import RuleError

MIN_LENGTH = 15
MAX_LENGTH = 256
MIN_DISTINCT = 5
MIN_UNEXPLAINED = 4
RUN = 3
WALK = 4

KEYBOARD = (
    "`1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "zaq12wsxcde34rfvbgt56yhn",
    "741852963",
    "147258369",
    "789456123",
)
LOOKALIKES = str.maketrans("0134578@$!|", "oieastbasil")
NUMBERS = re.compile(
    r"\d{17}[\dx]"  # identity number 身份证号
    r"|1[3-9]\d{9}"  # mobile number
    r"|(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?"  # year, month, day
    r"|(?:5201314|1314520)"
    r"|(?<!\d)\d{1,4}(?!\d)"  # what people put behind a word
)
TOO_SHORT = "A password has at least %(n)d characters. Four or five words in a row are easy to keep in mind."
TOO_LONG = "A password has at most %(n)d characters."
GUESSABLE = "This password is among the first that are guessed. Take words that nobody would put together."
OWN_NAME = "This password is made of your own name or of names from here. Take other words."


class PasswordRefused(RuleError):
    """The password is not accepted; the message says why and what to take instead."""


def check_password(password: str, *, own_words: Sequence[str] = ()) -> None:
    """Raise unless a person may take this password; `own_words`: names of the person and the organisation.

    :raises PasswordRefused: too short, too long, or guessed within the first few thousand tries
    """
    if len(password) < MIN_LENGTH:
        raise PasswordRefused(TOO_SHORT, n=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise PasswordRefused(TOO_LONG, n=MAX_LENGTH)
    plain = unicodedata.normalize("NFKC", password).casefold()
    own = frozenset(_name_parts(own_words)) | frozenset(PRODUCT_WORDS)
    for variant in (plain, plain.translate(LOOKALIKES)):
        text = _without_second_start(variant)
        if _is_monotonous(text) or unexplained(text, _common()) < MIN_UNEXPLAINED:
            raise PasswordRefused(GUESSABLE)
        if unexplained(text, _common() | own) < MIN_UNEXPLAINED:
            raise PasswordRefused(OWN_NAME)


def unexplained(text: str, words: frozenset[str]) -> int:
    """How many letters and digits of `text` are no part of a word, a run, a walk or a telling number."""
    longest = max(map(len, words))
    count = position = 0
    while position < len(text):
        step = max(
            _word_at(text, position, words, longest),
            _run_at(text, position),
            _walk_at(text, position),
            _number_at(text, position),
        )
        if not step:
            count += text[position].isalnum()
            step = 1
        position += step
    return count


@cache
def _common() -> frozenset[str]:
    """The popular words, and the longer ones also read backwards."""
    return frozenset(COMMON_WORDS) | {word[::-1] for word in COMMON_WORDS if len(word) > 4}


def _name_parts(names: Iterable[str]) -> Iterable[str]:
    """The pieces of names that are long enough to count: two Chinese characters, three letters."""
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        for part in (*re.split(r"[^\w]+", folded), "".join(re.findall(r"\w", folded))):
            if len(part) > 2 or (len(part) == 2 and not part.isascii()):
                yield part


def _is_monotonous(text: str) -> bool:
    """Few different characters, or a shorter password repeated."""
    core = "".join(letter for letter in text if letter.isalnum()) or text
    if len(set(core)) < MIN_DISTINCT:
        return True
    return any(core[period:] == core[:-period] for period in range(1, len(core) // 2 + 1))


def _without_second_start(text: str) -> str:
    """`text` without an end that repeats its beginning, as in lantern12lant."""
    for length in range(len(text) // 2, RUN - 1, -1):
        if text.endswith(text[:length]):
            return text[:-length]
    return text


def _word_at(text: str, position: int, words: frozenset[str], longest: int) -> int:
    for length in range(min(longest, len(text) - position), 1, -1):
        if text[position : position + length] in words:
            return length
    return 0


def _run_at(text: str, position: int) -> int:
    """Length of a run with equal steps of −1, 0 or 1: aaaa, abcd, 4321."""
    best = 0
    for step in (-1, 0, 1):
        end = position + 1
        while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        best = max(best, end - position)
    return best if best >= RUN else 0


def _walk_at(text: str, position: int) -> int:
    """Length of a walk along the keyboard, forwards or backwards."""
    best = 0
    for path in KEYBOARD:
        for line in (path, path[::-1]):
            start = line.find(text[position])
            end = 0
            while start >= 0 and text[position : position + end + 1] == line[start : start + end + 1]:
                end += 1
                if position + end >= len(text) or start + end >= len(line):
                    break
            best = max(best, end)
    return best if best >= WALK else 0


def _number_at(text: str, position: int) -> int:
    match = NUMBERS.match(text, position)
    return len(match.group()) if match else 0
