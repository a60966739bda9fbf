"""What glossary.yaml and parameters.yaml may say: terms in both languages, figures that depend on the year."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, RootModel

from .schema import LANGUAGES, Bilingual, Evidence, Language, Model, Named, Slug, Text


class Variants(Model):
    """Words that stand for a term and are not to be used."""

    zh: tuple[Text, ...] = ()
    en: tuple[Text, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """Those of one language."""
        return self.zh if language == "zh" else self.en


class Term(Named):
    """A term, defined in one sentence; `area` is a skill, `linked_in` where lessons show the definition."""

    area: Slug
    definition: Bilingual
    never: Variants = Variants()
    linked_in: tuple[Language, ...] = LANGUAGES


class GlossaryFile(Model):
    """glossary.yaml."""

    terms: tuple[Term, ...]


class Parameter(Model):
    """A figure that holds from a day on, and the text that sets it."""

    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    unit: Bilingual | None = None
    valid_from: date
    source: Bilingual
    status: Evidence

    @property
    def plain(self) -> str:
        """The value as a number of YAML."""
        return f"{self.value.normalize():f}"

    @property
    def written(self) -> str:
        """The value as a text writes it: thousands apart."""
        return f"{self.value.normalize():,f}"


class ParametersFile(RootModel[dict[Slug, Parameter]]):
    """parameters.yaml."""
