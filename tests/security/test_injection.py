"""Texts of people and authors stay texts (safety.md I2, I3; §4 OpenOlat, Moodle)."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from lms.features.accounts.models import User
from lms.features.catalog.rendering import ATTRIBUTES, TAGS, render_lesson
from tests import world
from tests.addresses import make_address_book
from tests.factories.accounts import sign_in_as
from tests.security.conftest import user_id

XSS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=https://evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><maction actiontype='statusline' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '![a" onerror="alert(1)](x.png)',
    '![x](x.png "a\\" onerror=alert(1) b=\\"")',
    '[x](https://a.example "a\\" onmouseover=\\"alert(1)")',
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password></form>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<img src='x' onerror='alert(1)'",
    "<<script>alert(1)//<</script>",
    "</article><script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    '```" onload="alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$$<img src=x onerror=alert(1)>$$",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | <img src=x onerror=alert(1)> |",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "::: note <script>alert(1)</script>\nx\n:::",
    "::: check\n<img src=x onerror=alert(1)>\n:::",
    "## <img src=x onerror=alert(1)> heading",
    "<h2 id='\"><script>alert(1)</script>'>x</h2>",
)
URL_ATTRIBUTES = ("href", "src", "action", "data", "srcset", "poster", "xlink:href", "formaction")
MAY_HOLD_WORDS = frozenset(TAGS)


class Elements(HTMLParser):
    """Collects what a browser would see as elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check_clean(html: str) -> None:
    """Only known elements and attributes, no handler, no address but a page's own, https or mail."""
    reader = Elements()
    reader.feed(html)
    reader.close()
    for tag, attributes in reader.found:
        assert tag in MAY_HOLD_WORDS, f"<{tag}> in {html!r}"
        for name, value in attributes.items():
            allowed = ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"] | {"rel"}
            assert name in allowed, f"{name}= on <{tag}> in {html!r}"
            assert not name.startswith("on")
            if name in URL_ATTRIBUTES:
                check_address(value or "")


def check_address(value: str) -> None:
    scheme, colon, _ = value.strip().lower().partition(":")
    assert not colon or "/" in scheme or "#" in scheme or scheme in ("https", "mailto"), value


@pytest.mark.parametrize("text", XSS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_active_survives_a_lesson(text: str, language: str) -> None:
    for whole in (text, f"## A\n\nbefore\n\n{text}\n\nafter", f"- {text}\n> {text}"):
        check_clean(render_lesson(whole, language=language, media={}).html)


def test_the_check_sees_what_is_active() -> None:
    for html in (
        "<script>x</script>",
        "<p onclick='x'>a</p>",
        "<a href='javascript:x'>a</a>",
        "<p style='x'>a</p>",
    ):
        with pytest.raises(AssertionError):
            check_clean(html)
    check_clean('<p class="a">x</p><a href="https://a.example" rel="noopener">y</a><a href="#s1">z</a>')


WORDS = """< > " ' script onerror= img src= javascript: svg / ` $ | [ ]( ) <!-- --> &lt; math style= x"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "::: note\n", "## ", ' onerror="'])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_active_survives_any_mixture(text: str) -> None:
    check_clean(render_lesson(text, language="en", media={}).html)


NAME = '{{7*7}}{% set x = 1 %}<script>alert(1)</script>" onmouseover="x\' %(name)s'


def test_a_name_is_a_text_on_every_page(world_app: Flask) -> None:
    owner = user_id(world_app, world.ZHOU)
    with world_app.extensions["database"].writing() as db:
        db.execute(update(User).where(User.id == owner).values(display_name=NAME))
    client = sign_in_as(world_app, owner)
    shown = 0
    for address in make_address_book(world_app, world.ZHOU).pages():
        answer = client.get(address.url)
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            shown += escape_like_jinja(NAME) in page
            assert "<script>alert(1)" not in page
            assert '" onmouseover="x' not in page
        answer.close()
    assert shown >= 3


def escape_like_jinja(text: str) -> str:
    return escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


@pytest.mark.parametrize(
    "words",
    ["{{7*7}}", "<script>alert(1)</script>", "' OR 1=1 --", '"', "*", "NEAR(", "a:b", "%", "\\", "()"],
)
def test_a_search_is_a_text(world_app: Flask, words: str) -> None:
    client = sign_in_as(world_app, user_id(world_app, world.ZHOU))
    answer = client.get("/curriculum/list", query_string={"q": words})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "49" not in page.partition('name="q"')[2][:200]
