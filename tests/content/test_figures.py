"""Figures of two languages are compared by what they mean."""

import pytest

from content.reader.figures import drifted


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("罚款 2 万元", "a fine of 20,000 yuan"),
        ("损失 1.5 亿元", "a loss of 150 million yuan"),
        ("经费由 8 万元减到 6 万元，2 ÷ 8", "from 80,000 to 60,000 yuan, 20,000 ÷ 80,000"),
        ("增长 12.5%", "a rise of 12.5 per cent"),
        ("《民法典》第五百四十六条", "Civil Code, Art. 546"),
        ("两个人，三天", "2 people, 3 days"),
        ("七成", "70%"),
        ("2026 年 9 月 7 日", "7 September 2026"),
        ("10:00 到", "at 10"),
        ("1 小时", "60 minutes"),
        ("二〇二六年", "2026"),
        ("指纹 8e92e7f00a86", "fingerprint a17c43d3bc69"),
        ("{{count}} 人", "{{people}} people"),
    ],
)
def test_figures_that_mean_the_same_agree(zh: str, en: str) -> None:
    assert drifted(zh, en) is None


@pytest.mark.parametrize(
    ("zh", "en", "only"),
    [
        ("氧含量 19.5%", "oxygen 18.5 %", (["19.5"], ["18.5"])),
        ("3 人", "4 people", (["3"], ["4"])),
        ("2 万元", "2,000 yuan", (["2 万"], ["2,000"])),
        ("几个人", "12 people", ([], ["12"])),
        ("第 33 条", "an article", (["33"], [])),
    ],
)
def test_figures_that_differ_are_named(zh: str, en: str, only: tuple[list[str], list[str]]) -> None:
    assert drifted(zh, en) == only


def test_what_footnotes_state_counts_as_stated() -> None:
    assert drifted("第 768 条", "the article", also_en="[^1]: Civil Code, Art. 768.") is None
