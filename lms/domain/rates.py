"""Rates as the programme reports them (REQ-014): exact integers in, one decimal out, intervals beside small samples.

A rate without a denominator cannot be computed: it is None, never 0 or 100."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

INTERVAL_BELOW = 200  # people who sat: from here on the rate stands alone [rule]
Z_95 = Decimal("1.959963984540054")  # the normal distribution's 97.5 % point
ONE_DECIMAL = Decimal("0.1")


@dataclass(frozen=True)
class Rate:
    """So many of so many."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no rate")

    @property
    def percent(self) -> Decimal | None:
        """With one decimal, halves away from zero; None: not computable."""
        return percent_of(self.numerator, self.denominator)

    def reaches(self, target_percent: int) -> bool | None:
        """Whether the exact rate, not the rounded one, is at least the target; None: not computable."""
        if not self.denominator:
            return None
        return self.numerator * 100 >= target_percent * self.denominator

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Wilson's 95 % interval in percent with one decimal; None: not computable."""
        return wilson_interval(self.numerator, self.denominator)


@dataclass(frozen=True)
class PassRates:
    """The three pass rates of REQ-014, in learners' places: one person in one module counts once."""

    enrolled: int
    sat: int
    first: int
    best: int

    @property
    def headline(self) -> Rate:
        """Of those who sat: the best attempt in the window."""
        return Rate(self.best, self.sat)

    @property
    def first_attempt(self) -> Rate:
        """Of those who sat: the first attempt."""
        return Rate(self.first, self.sat)

    @property
    def of_enrolled(self) -> Rate:
        """Of all who were enrolled, whether they sat or not."""
        return Rate(self.best, self.enrolled)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The headline's interval, shown while fewer than 200 sat."""
        return self.headline.interval if self.sat < INTERVAL_BELOW else None


def percent_of(numerator: int, denominator: int) -> Decimal | None:
    """`numerator` of `denominator` in percent with one decimal, halves away from zero; None for none."""
    return ratio_of(numerator * 100, denominator)


def ratio_of(numerator: int, denominator: int) -> Decimal | None:
    """The quotient of two integers with one decimal, halves away from zero; None without a denominator.

    Rounded from the exact quotient: a decimal that was rounded before would tip halves."""
    if not denominator:
        return None
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    tenths = (abs(numerator) * 20 + abs(denominator)) // (2 * abs(denominator))
    return (Decimal(sign * tenths) / 10).quantize(ONE_DECIMAL)


def decimals(value: Fraction, places: int) -> str:
    """`value` with so many decimals (1 or more), halves away from zero, a minus before what is less: 0.41, −0.010."""
    scale = 10**places
    size = abs(value)
    whole, rest = divmod((2 * scale * size.numerator + size.denominator) // (2 * size.denominator), scale)
    return f"{'−' if value < 0 else ''}{whole}.{rest:0{places}d}"


def wilson_interval(numerator: int, denominator: int) -> tuple[Decimal, Decimal] | None:
    """Wilson's 95 % score interval of a rate, in percent with one decimal; None without a denominator."""
    if not denominator:
        return None
    with localcontext() as context:
        context.prec = 40
        n, rate, square = Decimal(denominator), Decimal(numerator) / denominator, Z_95 * Z_95
        middle = rate + square / (2 * n)
        half = Z_95 * (rate * (1 - rate) / n + square / (4 * n * n)).sqrt()
        low, high = ((middle + sign * half) / (1 + square / n) * 100 for sign in (-1, 1))
        return _one_decimal(max(low, Decimal(0))), _one_decimal(min(high, Decimal(100)))


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(ONE_DECIMAL, rounding=ROUND_HALF_UP)
