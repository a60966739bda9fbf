"""Which passwords are accepted (safety.md A1–A3)."""

from __future__ import annotations

from itertools import product

import pytest

from lms.domain.password import COMMON_WORDS, MAX_LENGTH, PasswordRefused, check_password

GOOD = (
    "marble otter drinks tea",
    "quietly seven lanterns drift",
    "青石板路上的雨伞和一只不肯回家的橘猫",
    "kx7-vu2q-9mfd-w3hz",
    "plum-gravel-orbit-walnut",
    "    tulip  harbour    ",
    "nfxrqzjgtbwdkvm",
)
BREACHED = (
    "passwordpassword",
    "password12345678",
    "P@ssw0rdP@ssw0rd",
    "p4ssw0rd!p4ssw0rd!",
    "123456789012345",
    "987654321098765",
    "aaaaaaaaaaaaaaaa",
    "abababababababab",
    "abcdefghijklmnop",
    "qwertyuiopasdfgh",
    "qwertyuiop123456",
    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde34rfv",
    "1q2w3e4r5t6y7u8i",
    "iloveyouforever1",
    "administrator2026",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "welcome2026welcome",
    "letmeinletmein!!",
    "woaini5201314520",
    "wodemima12345678",
    "13800002046138000",
    "310105199001011234",
    "31010519900101123X",
    "monkeydragonmonkey",
    "zxcvbnm,./zxcvbnm",
    "一一一一一一一一一一一一一一一",
    "我爱你我爱你我爱你我爱你我爱你",
    "abcabcabcabcabca",
    "hunter2hunter2hunter2",
    "summer-winter-2026",
    "...............",
)
CONTEXT = (
    "terrace-terrace-26",
    "Shanghai Changning 2026",
    "学阶学习平台上海长宁2026年培训",
    "liumeiling19900101",
    "LiuMeiling-2026-Liu",
    "safety.liu.safety.liu",
    "safety.liu-20261124",
    "刘美玲刘美玲2026年学阶培训平台",
    "harmonylogistics2026",
)


def own_words() -> tuple[str, ...]:
    return ("safety.liu", "Liu Meiling", "刘美玲", "Harmony Logistics")


@pytest.mark.parametrize(
    ("length", "is_accepted"), [(7, False), (8, False), (14, False), (15, True), (64, True)]
)
def test_fifteen_characters_are_the_boundary(length: int, is_accepted: bool) -> None:
    password = ("marble otter drinks cold tea while plum gravel orbits a walnut harbour")[:length]
    assert len(password) == length
    if is_accepted:
        check_password(password)
    else:
        with pytest.raises(PasswordRefused):
            check_password(password)


def test_two_hundred_and_fifty_six_characters_are_accepted_and_no_more() -> None:
    long = "".join(chr(0x4E00 + 7 * n) for n in range(MAX_LENGTH))
    check_password(long)
    with pytest.raises(PasswordRefused):
        check_password(long + "x")


@pytest.mark.parametrize("password", GOOD)
def test_passphrases_need_no_composition(password: str) -> None:
    check_password(password, own_words=own_words())


@pytest.mark.parametrize("password", BREACHED)
def test_breached_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password)


@pytest.mark.parametrize("password", CONTEXT)
def test_names_from_here_are_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password, own_words=own_words())


def test_none_of_three_thousand_common_passwords_is_accepted() -> None:
    """Popular words with the endings that people add, doubled until they are long enough."""
    endings = ("", "1", "12", "123", "1234", "123456", "!", "2026", "1990", "!!", "01", "007", "520", "666")
    common = [
        ((word + ending) * 15)[: max(15, len(word + ending))]
        for word, ending in product(COMMON_WORDS, endings)
    ]
    common += [word + "-" + other + "2026" for word, other in product(COMMON_WORDS[:30], COMMON_WORDS[30:60])]
    assert len(common) > 3000
    accepted = []
    for password in common:
        try:
            check_password(password)
        except PasswordRefused:
            continue
        accepted.append(password)
    assert accepted == []
