"""Guards of the message catalogues, and a failing sample of each."""

from __future__ import annotations

from functools import cache

from babel.messages.catalog import Catalog

from lms.i18n import read_catalogue
from tests.architecture import catalogue_rules as rules
from tests.architecture.catalogue_rules import Message
from tests.architecture.template_rules import Template, templates
from tests.architecture.tree import report, source, sources

# Texts that are the same in Chinese.
SAME_IN_CHINESE: frozenset[str] = frozenset()


@cache
def used() -> dict[str, Message]:
    return rules.used_messages(sources("lms"), templates())


def chinese(**entries: str) -> Catalog:
    catalogue = Catalog(locale="zh")
    for text, string in entries.items():
        catalogue.add(text.replace("_", " "), string)
    return catalogue


def test_every_text_is_translated() -> None:
    report(rules.untranslated(used(), read_catalogue("zh")), "Every text in use has a Chinese translation.")


def test_no_translation_is_obsolete() -> None:
    report(rules.obsolete(used(), read_catalogue("zh")), "A translation that nothing uses is deleted.")


def test_placeholders_are_equal() -> None:
    report(rules.wrong_placeholders(used(), read_catalogue("zh")), "Both languages fill in the same figures.")


def test_translations_are_chinese() -> None:
    report(
        rules.not_chinese(used(), read_catalogue("zh"), SAME_IN_CHINESE),
        "A translation is written in Chinese.",
    )


def test_english_needs_only_its_exceptions() -> None:
    report(rules.obsolete(used(), read_catalogue("en")), "A translation that nothing uses is deleted.")


def test_texts_are_found_in_code_templates_and_rules() -> None:
    code = source(
        "lms/x.py",
        'class Full(RuleError): ...\nclass Shut(Full): ...\nLATE = "Too late"\n'
        'def f():\n    raise Shut("No %(n)d seats", n=1)\n'
        "def g():\n    raise Full(LATE)\n"
        'def h():\n    return _("Saved") + ngettext("%(num)s day", "%(num)s days", 2)\n',
    )
    page = Template("x.html", "lms/x.html", "{{ _('Hello %(name)s', name=n) }}{% trans %}Bye{% endtrans %}")
    found = rules.used_messages([code], [page])
    assert set(found) == {"No %(n)d seats", "Too late", "Saved", "%(num)s day", "Hello %(name)s", "Bye"}
    assert found["%(num)s day"].plural == "%(num)s days"


def test_a_missing_translation_is_found() -> None:
    messages = {text: Message(text, None, "a.py:1") for text in ("Saved", "Sent", "Gone")}
    assert rules.untranslated(messages, chinese(Saved="已保存", Sent="")) == [
        "a.py:1 'Gone' has no translation",
        "a.py:1 'Sent' has no translation",
    ]


def test_an_obsolete_translation_is_found() -> None:
    assert rules.obsolete({}, chinese(Saved="已保存")) == ["'Saved' is translated but used by nothing"]


def test_wrong_placeholders_are_found() -> None:
    text = "%(n)d of %(m)d"
    catalogue = Catalog(locale="zh")
    catalogue.add(text, "第 %(n)d 项")
    catalogue.add("%(n)s done", "完成 %(n)s %")
    catalogue.add(("%(num)s day", "%(num)s days"), ("%(num)s 天",))
    messages = {
        text: Message(text, None, "a.py:1"),
        "%(n)s done": Message("%(n)s done", None, "a.py:2"),
        "%(num)s day": Message("%(num)s day", None, "a.py:3"),
    }
    assert len(rules.wrong_placeholders(messages, catalogue)) == 3


def test_english_left_standing_is_found() -> None:
    messages = {"Saved": Message("Saved", None, "a.py:1")}
    assert rules.not_chinese(messages, chinese(Saved="Saved"), frozenset()) == [
        "'Saved' is translated as 'Saved'"
    ]
    assert rules.not_chinese(messages, chinese(Saved="已保存"), frozenset()) == []
