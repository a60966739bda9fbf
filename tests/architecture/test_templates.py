"""Guards of the templates, and a failing sample of each."""

from __future__ import annotations

import pytest

from tests.architecture import template_rules as rules
from tests.architecture.template_rules import Template, templates
from tests.architecture.tree import report, source, sources

# Lessons are rendered and cleaned when they are loaded (catalog/rendering.py); what components get as `attrs` is
# literal, which a guard below keeps.
MAY_SKIP_ESCAPING = {
    "learning/show_lesson.html": 1,
    "learning/walk_drill.html": 4,
    "studio/preview.html": 1,
    "components/buttons.html": 2,
    "components/forms.html": 2,
}
# Names of languages and of the product are the same in every language.
SAME_IN_ALL_LANGUAGES = frozenset({"中文", "中", "学阶", "学阶 Terrace", "简体中文"})


def page(text: str, name: str = "x/page.html") -> Template:
    return Template(name, f"lms/features/x/templates/{name}", text)


def test_every_template_is_used() -> None:
    report(rules.unused(templates(), sources("lms")), "A template that nothing uses is deleted.")


def test_an_unused_template_is_found() -> None:
    pages = [
        page("", "x/show.html"),
        page("", "parts/a.html"),
        page("", "errors/404.html"),
        page("", "x/old.html"),
    ]
    pages[0] = page('{% from "parts/a.html" import b %}{# {% include "x/old.html" %} #}', "x/show.html")
    code = source("lms/x.py", 'render_template("x/show.html")\nrender_template(f"errors/{code}.html")')
    assert rules.unused(pages, [code]) == ["lms/features/x/templates/x/old.html is used by nothing"]


def test_no_template_needs_an_exception_of_the_content_policy() -> None:
    report(
        rules.unsafe_markup(templates()),
        "No inline handler or style, no script without nonce.",
    )


@pytest.mark.parametrize(
    "text",
    [
        '<a onclick="go()">x</a>',
        "<img\nonerror = x()>",
        '<p style="color:red">x</p>',
        "<style>p{}</style>",
        "<script>go()</script>",
        "<script src=\"{{ static_url('a.js') }}\"></script>",
        '<img src="https://example.org/a.png">',
        '<link href="//example.org/a.css">',
        '<a href="javascript:go()">x</a>',
        "{% autoescape false %}x{% endautoescape %}",
    ],
)
def test_unsafe_markup_is_found(text: str) -> None:
    assert len(rules.unsafe_markup([page(text)])) == 1


def test_safe_markup_is_not() -> None:
    text = '{# <p style="x"> #}<script nonce="{{ csp_nonce() }}"></script><p class="a">{{ on = 1 }}</p>'
    assert rules.unsafe_markup([page(text)]) == []


def test_escaping_is_skipped_only_where_the_list_says() -> None:
    report(rules.unescaped(templates(), MAY_SKIP_ESCAPING), "|safe only where this guard's list has it.")


def test_unlisted_safe_is_found() -> None:
    assert rules.unescaped([page("{{ a|safe }}{{ b | safe }}")], {"x/page.html": 1}) == [
        "x/page.html uses |safe 2 times, allowed are 1"
    ]
    assert rules.unescaped([], {"gone.html": 1}) == ["gone.html is allowed |safe but does not exist"]


def test_components_are_given_literal_attributes() -> None:
    report(rules.attributes_from_data(templates()), "attrs= of a component is not escaped: literals only.")


@pytest.mark.parametrize("given", ["name", "'a=' ~ name", "'<b>'", "."])
def test_attributes_from_data_are_found(given: str) -> None:
    text = "{{ button('x', attrs=" + given + ") }}"
    assert len(rules.attributes_from_data([page(text)])) == 1
    assert (
        rules.attributes_from_data(
            [page("{% macro a(attrs='') %}{{ b(attrs='x' ~ ('' if c else 'y')) }}{% endmacro %}")]
        )
        == []
    )


def test_visible_text_stands_in_catalogues() -> None:
    report(
        rules.untranslated(templates(), SAME_IN_ALL_LANGUAGES),
        "Visible text stands in _().",
    )


@pytest.mark.parametrize(
    "text",
    [
        "<p>Read the lesson first</p>",
        "<p>先读</p>",
        '<button aria-label="Close this small window"></button>',
        "<p>{% if a > b %}You have one left{% endif %}</p>",
        '<a {% if a %}class="b"{% endif %} title="先">x</a>',
    ],
)
def test_text_outside_catalogues_is_found(text: str) -> None:
    assert len(rules.untranslated([page(text)], SAME_IN_ALL_LANGUAGES)) == 1


@pytest.mark.parametrize(
    "text", ["<p>{{ _('Read the lesson first') }}</p>", "<kbd>Ctrl K</kbd>", "<b>中文</b>"]
)
def test_translated_text_is_not(text: str) -> None:
    assert rules.untranslated([page(text)], SAME_IN_ALL_LANGUAGES) == []
