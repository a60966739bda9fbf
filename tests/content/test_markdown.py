"""The shape of a lesson, read with its lines."""

from content.reader.markdown import count_reading_units, outline


def test_fences_in_code_are_code() -> None:
    shape = outline("```\n::: note\n## no heading\n| a |\n```\n\n::: note Real\nText.\n:::\n")

    assert [(block.line, block.name, block.title, block.end) for block in shape.blocks] == [
        (7, "note", "Real", 9)
    ]
    assert shape.headings == ()
    assert shape.tables == ()


def test_tables_and_figures_inside_blocks_are_seen_with_their_lines() -> None:
    shape = outline(
        '::: example A\n| a | b |\n|---|---|\n| 1 | 2 |\n:::\n\ntext\n![alt words](media/a.svg "Caption")\n'
    )

    assert shape.tables == (2,)
    (figure,) = shape.figures
    assert (figure.line, figure.target, figure.alt, figure.caption) == (
        8,
        "media/a.svg",
        "alt words",
        "Caption",
    )


def test_nested_blocks_know_their_parent() -> None:
    shape = outline(":::: check\n?\n\n::: answer\n!\n:::\n::::\n")

    assert [(block.name, block.parent, block.line, block.end) for block in shape.blocks] == [
        ("check", None, 1, 7),
        ("answer", "check", 4, 6),
    ]
    assert shape.stray_ends == ()


def test_footnotes_are_neither_links_nor_words_of_the_marks() -> None:
    shape = outline("See[^1] and [^a-b].\n\n[^1]: https://example.org\n[^a-b]: Text.\n")

    assert shape.footnote_marks == ((1, "1"), (1, "a-b"))
    assert shape.footnote_texts == ((3, "1"), (4, "a-b"))
    assert shape.links == ()


def test_reading_units_count_what_is_read() -> None:
    assert count_reading_units("第 3 页，CPR（100-120 次/分）") == {"han": 4, "words": 3}
    assert count_reading_units("Don't pay 1,800.50 yuan, see [the rule](https://example.org/a).") == {
        "words": 7,
        "han": 0,
    }
