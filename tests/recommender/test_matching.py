"""`SkillMatcher`: windows, wording, routing by script, folding; and the curriculum's own sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import content
from recommender import SkillMatcher, embeddings, matching
from recommender.artifact import ArtifactError
from recommender.embeddings import PROBE, encode_unit, reads_chinese
from recommender.wording import Wording, fold, is_chinese, latin_words

MEANINGS = {
    "spreadsheet": (1, 0, 0), "excel": (1, 0, 0), "tables": (0.9, 0.1, 0),
    "fire": (0, 1, 0), "blaze": (0, 1, 0), "extinguish": (0, 0.8, 0.2),
    "contract": (0, 0, 1), "agreement": (0, 0, 1), "signing": (0, 0.1, 0.9),
}  # fmt: skip


class Thesaurus:
    """An encoder by hand: the mean of its words' meanings, and one vector for all that it does not know."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        self.read.extend(texts)
        rows = []
        for text in texts:
            known = [MEANINGS[word] for word in text.lower().split() if word in MEANINGS]
            unknown = [(0.3, 0.3, 0.3)] * (len(text.split()) - len(known))
            rows.append(np.mean([*known, *unknown] or [(0.3, 0.3, 0.3)], axis=0))
        return np.array(rows, dtype=np.float32)


LABELS = ["spreadsheet", "fire", "contract"]


def best_of(matcher: SkillMatcher, text: str) -> int:
    return int(matcher.match([text], n=1)[0].items[0])


def test_two_words_of_a_long_sentence_are_found() -> None:
    matcher = SkillMatcher(Thesaurus()).fit(LABELS)
    noise = "you will often be asked by many people of the house to look after all kinds of things such as"
    for word, label in (("excel", 0), ("blaze", 1), ("agreement", 2)):
        ranking = matcher.match([f"{noise} {word} and so forth"])[0]
        assert ranking.items[0] == label
        assert ranking.scores[0] > ranking.scores[1] + 0.02
    whole = matcher.vectors_ @ encode_unit(Thesaurus(), [f"{noise} excel and so forth"])[1].T
    assert whole.max() - np.median(whole) < 0.1


def test_the_parts_add_up_and_the_scores_fall() -> None:
    matcher = SkillMatcher(Thesaurus()).fit([*LABELS, "fire drill"])
    for ranking in matcher.match(["Extinguish a fire in a drill", "signing tables"]):
        assert ranking.parts is not None
        np.testing.assert_allclose(ranking.parts["meaning"] + ranking.parts["words"], ranking.scores)
        assert (np.diff(ranking.scores) <= 0).all()
    drill = matcher.match(["fire drill"])[0]
    assert drill.parts is not None
    assert (drill.items[0], drill.parts["words"][0]) == (3, pytest.approx(matching.WORDS_WEIGHT))


def test_every_text_and_window_is_encoded_once() -> None:
    encoder = Thesaurus()
    matcher = SkillMatcher(encoder).fit(LABELS)
    encoder.read.clear()
    matcher.match(["excel tables", "excel tables", "excel tables fire"])
    assert len(encoder.read) == len(set(encoder.read))


def test_chinese_never_goes_through_an_encoder_that_cannot_read_it() -> None:
    encoder = Thesaurus()
    matcher = SkillMatcher(encoder).fit(["消防安全", "合同管理", "Excel", "RFID 实施"])
    assert not matcher.reads_chinese_
    encoder.read.clear()
    assert best_of(matcher, "会检查消防设施") == 0
    assert best_of(matcher, "审一份合同") == 1
    assert best_of(matcher, "用Excel做汇总") == 2
    assert best_of(matcher, "仓库里的RFID标签") == 3
    assert not [text for text in encoder.read if is_chinese(text)]


def test_an_encoder_that_reads_both_languages_is_found_out_and_used() -> None:
    class Bilingual:
        def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
            terms = {term: place for place, pair in enumerate([*PROBE, ("灭火", "fire")]) for term in pair}
            rows = np.full((len(texts), len(PROBE) + 1), 0.01, dtype=np.float32)
            for row, text in zip(rows, texts, strict=True):
                for term, place in terms.items():
                    row[place] += term in text
            return rows

    assert reads_chinese(Bilingual())
    assert not reads_chinese(Thesaurus())
    matcher = SkillMatcher(Bilingual()).fit(["food safety", "fire", "data analysis"])
    assert best_of(matcher, "今天我们学习怎样灭火。") == 1


def test_full_width_and_traditional_forms_are_folded() -> None:
    assert fold("電子簽名，Ｅｘｃｅｌ　２０１９ <ORGANIZATION>").split() == ["电子签名,excel", "2019"]
    matcher = SkillMatcher(Thesaurus()).fit(["电子签名", "Excel", "仓库管理"])
    for plain, other in (
        ("可靠的电子签名", "可靠的電子簽名"),
        ("会用Excel", "會用Ｅｘｃｅｌ"),
        ("管理仓库", "管理倉庫"),
    ):
        first, second = matcher.match([plain, other])
        np.testing.assert_array_equal(first.items, second.items)
        np.testing.assert_allclose(first.scores, second.scores)


def test_words_are_told_from_marks() -> None:
    assert latin_words(fold("C#, C++ and node.js (R&D); state-of-the-art 3D")) == [
        "c#", "c++", "and", "node.js", "r&d", "state-of-the-art", "3d",
    ]  # fmt: skip
    assert is_chinese("用 Excel 做表")
    assert not is_chinese("the word 表 means table")


def test_containment_by_hand() -> None:
    # "fire" stands in two of three labels, "drill" and "law" in one: ln(4/2.5) and ln(4/1.5)
    wording = Wording.of(["fire drill", "fire law", "law (of the sea)"])
    often, rare = np.log(4 / 2.5), np.log(4 / 1.5)
    shares = wording.containment(["a fire drill", "nothing"])
    np.testing.assert_allclose(shares[0], [1.0, often / (often + often), 0.0])
    assert (shares[1] == 0).all()
    np.testing.assert_allclose(wording.containment(["drill"])[0], [rare / (often + rare), 0, 0])


def test_nothing_in_common_is_no_first_place() -> None:
    matcher = SkillMatcher(Thesaurus()).fit(["消防安全", "合同管理"])
    assert [len(one) for one in matcher.match(["今天下雨", "", "消防"])] == [0, 0, 1]
    assert len(SkillMatcher(Thesaurus()).fit([]).match(["fire"])[0]) == 0
    assert len(SkillMatcher(Thesaurus()).fit(LABELS).match(["fire or contract"], n=99)[0]) == 3
    assert SkillMatcher(Thesaurus()).fit(LABELS).match([]) == []


def test_without_the_extra_the_wording_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "PACKAGES", ("a_package_that_is_not_installed",))
    matcher = SkillMatcher().fit(["manage spreadsheets", "use spreadsheets", "fight fires"])
    assert matcher.encoder_ is None
    assert matcher.match(["I use spreadsheets"])[0].items.tolist() == [1, 0]


def test_a_saved_matcher_answers_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "matcher.npz"
    matcher = SkillMatcher(Thesaurus()).fit([*LABELS, "消防 安全"])
    matcher.save(str(path))
    texts = ["signing an agreement", "消防检查", "excel"]
    for one, other in zip(
        matcher.match(texts), SkillMatcher.load(str(path), Thesaurus()).match(texts), strict=True
    ):
        np.testing.assert_array_equal(one.items, other.items)
        np.testing.assert_array_equal(one.scores, other.scores)
    monkeypatch.setattr(embeddings, "PACKAGES", ("a_package_that_is_not_installed",))
    with pytest.raises(ArtifactError, match="semantic"):
        SkillMatcher.load(path)


def test_the_contract(tmp_path: Path) -> None:
    encoder = Thesaurus()
    assert clone(SkillMatcher(encoder), safe=False).get_params()["encoder"] is not None
    with pytest.raises(NotFittedError):
        SkillMatcher(encoder).match(["x"])
    with pytest.raises(NotFittedError):
        SkillMatcher(encoder).save(tmp_path / "matcher.npz")
    with pytest.raises(ValueError, match="negative"):
        SkillMatcher(encoder).fit(LABELS).match(["x"], n=-1)


def sentences(language: str, part: str) -> list[tuple[str, set[str]]]:
    """Sentences of the curriculum with the slugs of the skills they teach."""
    lines = (Path(__file__).parent / "data" / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        (one["text"], set(one["skills"]))
        for one in rows
        if (one["language"], one["part"]) == (language, part)
    ]


@pytest.mark.parametrize(("language", "least"), [("zh", 0.5), ("en", 0.38)])
def test_sentences_of_the_curriculum_lead_to_their_skills_by_wording_alone(
    language: str, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "PACKAGES", ("a_package_that_is_not_installed",))
    skills = yaml.safe_load((Path(content.__file__).parent / "skills.yaml").read_text(encoding="utf-8"))[
        "skills"
    ]
    labels = [f"{skill[language]}: {skill['desc'][language]}" for skill in skills]
    matcher = SkillMatcher().fit(labels)
    halves = [sentences(language, part) for part in ("dev", "test")]
    assert sum(map(len, halves)) >= 300
    for rows in halves:
        rankings = matcher.match([text for text, _ in rows], n=5)
        found = [
            len({skills[item]["slug"] for item in ranking.items} & gold) / min(5, len(gold))
            for ranking, (_, gold) in zip(rankings, rows, strict=True)
        ]
        assert np.mean(found) > least
