"""Lines over months, drawn without a library: points for the templates, in percent of the width and in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 160  # of the plot, pixels
TOP = 8
LABEL_GAP = 18  # names at the lines' ends keep this distance, pixels
MOST_SERIES = 3  # look.md §6: more become small multiples
MOST_MONTH_NAMES = 4
PLOT_SHARE = 0.7  # of the width; the rest is for the names at the lines' ends


@dataclass(frozen=True)
class Series:
    """One line: its name, its values, the points of its polyline, the height of its name."""

    name: str
    url: str
    values: tuple[int, ...]
    points: str
    end_y: int
    name_y: int

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Chart:
    """Series over the same months, on one scale that begins at 0."""

    months: tuple[date, ...]
    series: tuple[Series, ...]
    most: int
    named_months: tuple[tuple[date, float], ...]  # with their place from the left, percent

    @property
    def is_multiple(self) -> bool:
        """Whether each series has a small chart of its own."""
        return len(self.series) > MOST_SERIES

    @property
    def total(self) -> int:
        return sum(series.total for series in self.series)


def draw_chart(
    months: Sequence[date], series: Mapping[str, Sequence[int]], *, urls: Mapping[str, str]
) -> Chart:
    """A chart of values per month, by the series' name."""
    most = nice_limit(max((value for values in series.values() for value in values), default=0))
    ends = {name: _height(values[-1], most) for name, values in series.items()}
    names = spread(ends)
    drawn = tuple(
        Series(name, urls[name], tuple(values), _points(values, most), ends[name], names[name])
        for name, values in series.items()
    )
    return Chart(tuple(months), drawn, most, _named(months))


def nice_limit(most: int) -> int:
    """The end of the scale: 1, 2 or 5 times a power of ten, not below the highest value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= most:
                return factor * step
        step *= 10


def spread(ends: Mapping[str, int]) -> dict[str, int]:
    """Heights of names near their lines' ends that do not cover one another."""
    found: dict[str, int] = {}
    last = -LABEL_GAP
    for name in sorted(ends, key=lambda key: ends[key]):
        found[name] = last = max(ends[name], last + LABEL_GAP)
    limit = TOP + HEIGHT
    for name in reversed(found):  # what was pushed below the ground line pushes the ones above it up again
        found[name] = min(found[name], limit)
        limit = found[name] - LABEL_GAP
    return found


def _points(values: Sequence[int], most: int) -> str:
    if len(values) == 1:  # a single month is a level line, or nothing would be seen
        values = (values[0], values[0])
    return " ".join(f"{_place(n, len(values)):g},{_height(v, most)}" for n, v in enumerate(values))


def _height(value: int, most: int) -> int:
    return TOP + HEIGHT - round(value * HEIGHT / most)


def _place(n: int, count: int) -> float:
    return round(100 * n / (count - 1), 2) if count > 1 else 0.0


def _named(months: Sequence[date]) -> tuple[tuple[date, float], ...]:
    step = -(-len(months) // MOST_MONTH_NAMES)
    places = ((month, round(_place(n, len(months)) * PLOT_SHARE, 2)) for n, month in enumerate(months))
    return tuple(named for n, named in enumerate(places) if n % step == 0)
