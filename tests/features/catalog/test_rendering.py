"""Markdown of lessons becomes clean HTML."""

from __future__ import annotations

from lms.features.catalog.rendering import Figure, render_lesson

FIGURES = {"walk.zh.svg": Figure("/media/abc/walk.zh.svg", 640, 260)}


def html(text: str, language: str = "zh") -> str:
    return render_lesson(text, language=language, media=FIGURES).html


def test_sections_are_numbered_and_listed() -> None:
    lesson = render_lesson("intro\n\n## 一 & 二\n\na\n\n## B\n\nb", language="zh", media={})
    assert lesson.sections == ({"id": "s1", "title": "一 & 二"}, {"id": "s2", "title": "B"})
    assert lesson.html.count("<section") == 2
    assert '<section data-section="1"><h2 id="s2">B</h2>' in lesson.html


def test_table_cells_know_their_column_and_alignment_has_no_style() -> None:
    page = html("| 气体 | 限值 |\n|---|---:|\n| 氧 | 19.5 |\n")
    assert '<td data-label="限值" class="num">19.5</td>' in page
    assert '<th scope="col">气体</th>' in page
    assert "style" not in page


def test_figure_with_caption_and_size() -> None:
    page = html('![五步](media/walk.zh.svg "图 1 路线")')
    assert (
        '<figure><img src="/media/abc/walk.zh.svg" alt="五步" width="640" height="260" loading="lazy">'
        in page
    )
    assert "<figcaption>图 1 路线</figcaption>" in page
    assert "<p><figure" not in page


def test_blocks_and_folded_answers_in_the_reader_s_language() -> None:
    text = ":::: check\nQ?\n\n::: answer\nA.\n:::\n::::\n\n::: example Shop\nx\n:::\n"
    assert '<details class="answer"><summary>看答案</summary>' in html(text)
    page = html(text, "en")
    assert "<summary>Show the answer</summary>" in page
    assert (
        '<div class="block block-example"><p class="block-title"><span class="kind">Example</span> Shop'
        in page
    )


def test_footnotes_maths_and_code() -> None:
    page = html("x[^1] $a^2$\n\n```xml\n<a/>\n```\n\n[^1]: 消防法")
    assert "<math" in page
    assert "<msup>" in page
    assert 'class="footnotes"' in page
    assert "&lt;a/&gt;" in page


def test_nothing_active_survives() -> None:
    attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>1</script>)",
        '![x" onerror="alert(1)](media/walk.zh.svg "t\\" onload=\\"alert(1)")',
        '::: note <img src=x onerror="alert(1)">\nx\n:::',
        "<svg/onload=alert(1)>",
        "<a href='vbscript:x'>y</a>",
        '<div style="background:url(javascript:1)">x</div>',
    ]
    for attack in attacks:
        page = html(f"## t\n\n{attack}\n")
        lower = page.lower()
        assert "<script" not in lower
        assert "<svg" not in lower
        for tag in lower.split("<")[1:]:
            inside = tag.split(">")[0]
            assert (
                not any(
                    f" {name}" in inside.replace('"', " ") and f"{name}=" in inside
                    for name in ("onerror", "onload")
                )
                or "&quot;" in inside
            ), (attack, page)
            assert 'href="javascript' not in inside
            assert 'href="vbscript' not in inside
            assert 'href="data' not in inside
            assert "style=" not in inside


def test_what_is_no_formula_is_shown_as_written() -> None:
    assert "<code>\\frac{</code>" in html("x $\\frac{$ y")
