"""What the people of the demo have done: steps with their times, made by chance from a seed. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from lms.demo.district import PlannedCourse
from lms.ports.clock import SHANGHAI

MONTHS_BACK = 425  # days: 14 months
PASSED = 80


class Act(Enum):
    """What somebody does at a moment."""

    ENROLL = auto()
    READ = auto()  # number = position of the lesson
    OPEN = auto()  # a lesson opened and not finished
    TRY = auto()  # number = percent answered right


@dataclass(frozen=True)
class Step:
    """One act in a module; `minutes` is the study time it took."""

    at: datetime
    act: Act
    slug: str
    number: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Startable:
    """A module that can be taken, with the modules that must be held before."""

    slug: str
    lessons: int
    needs: tuple[str, ...]


def planned_story(
    courses: Sequence[PlannedCourse], modules: dict[str, Startable], *, now: datetime, rng: random.Random
) -> list[Step]:
    """The steps of a persona, whose courses the file names."""
    steps: list[Step] = []
    for course in courses:
        module = modules[course.slug]
        start = _at_work(now - timedelta(days=course.days_ago), rng)
        steps += _take(
            module,
            start,
            lessons=course.lessons,
            scores=course.scores,
            now=now,
            rng=rng,
            is_planned=True,
        )
    return steps


def chance_story(
    path: Sequence[str], modules: dict[str, Startable], *, now: datetime, rng: random.Random
) -> list[Step]:
    """The steps of somebody whose role has this path: some are new, some under way, some far."""
    days_back = rng.choices((0, 30, 120, 260, MONTHS_BACK), weights=(8, 22, 28, 27, 15))[0]
    if not days_back:
        return []
    start = now - timedelta(days=rng.randint(days_back * 6 // 10, days_back))
    steps: list[Step] = []
    for module in _syllabus(path, modules, rng):
        start = _at_work(start, rng)
        if start >= now:
            break
        if rng.random() < 0.2:  # begun, and something else came between
            lessons = rng.randint(0, module.lessons - 1)
            steps += _take(module, start, lessons=lessons, scores=(), now=now, rng=rng)
            break
        steps += _take(module, start, lessons=None, scores=_scores(rng), now=now, rng=rng)
        start = steps[-1].at + timedelta(days=rng.randint(6, 50))
    return steps


def _syllabus(path: Sequence[str], modules: dict[str, Startable], rng: random.Random) -> Iterator[Startable]:
    """Modules in an order that keeps the gates: those of the role's path, then some that suit everybody."""
    wanted = [slug for slug in path if slug in modules]
    others = [slug for slug in modules if slug not in wanted]
    rng.shuffle(others)
    taken: set[str] = set()
    for slug in [*wanted, *others[: rng.randint(0, 2)]]:
        for needed in _with_needs(slug, modules):
            if needed not in taken:
                taken.add(needed)
                yield modules[needed]


def _with_needs(slug: str, modules: dict[str, Startable]) -> Iterator[str]:
    """A module behind everything that it needs, however indirectly."""
    if slug in modules:
        for needed in modules[slug].needs:
            yield from _with_needs(needed, modules)
        yield slug


def _scores(rng: random.Random) -> tuple[int, ...]:
    """Scores of the tries until one is passed; two of five fail once, and a few twice."""
    failed = rng.choices((0, 1, 2), weights=(60, 32, 8))[0]
    return (*(rng.choice((40, 50, 60, 70)) for _ in range(failed)), rng.choice((80, 80, 90, 90, 100)))


def _take(
    module: Startable,
    start: datetime,
    *,
    lessons: int | None,
    scores: Sequence[int],
    now: datetime,
    rng: random.Random,
    is_planned: bool = False,
) -> list[Step]:
    """The steps of one module in their order; what would lie in the future has not happened yet."""
    read = module.lessons if lessons is None else min(lessons, module.lessons)
    days = _study_days(start, read + len(scores), now, rng, is_planned=is_planned)
    steps = [Step(start, Act.ENROLL, module.slug)]
    for position in range(1, read + 1):
        steps.append(Step(next(days), Act.READ, module.slug, position, rng.randint(14, 34)))
    for score in scores:
        steps.append(Step(next(days), Act.TRY, module.slug, score, rng.randint(9, 18)))
    if read < module.lessons:
        last = now - timedelta(minutes=50) if is_planned else steps[-1].at + timedelta(days=1)
        steps.append(Step(last, Act.OPEN, module.slug, read + 1, rng.randint(6, 12)))
    return [step for step in steps if step.at + timedelta(minutes=step.minutes + 1) < now]


def _study_days(
    start: datetime, count: int, now: datetime, rng: random.Random, *, is_planned: bool
) -> Iterator[datetime]:
    """Moments after `start`: a planned story fits before `now`, one by chance may run into the future."""
    at = start
    step = min(4.0, (now - start).days / (count + 1))
    for n in range(1, count + 1):
        if is_planned:
            yield start + timedelta(days=step * n)
        else:
            at = _at_work(at + timedelta(days=rng.randint(1, 4)), rng)
            yield at


def _at_work(day: datetime, rng: random.Random) -> datetime:
    """A moment of that day between 8:30 and 17:30 in Shanghai, Monday to Friday mostly."""
    local = day.astimezone(SHANGHAI).replace(hour=8, minute=30, second=0, microsecond=0)
    if local.weekday() >= 5 and rng.random() < 0.8:
        local += timedelta(days=7 - local.weekday())
    return local + timedelta(minutes=rng.randint(0, 9 * 60), seconds=rng.randint(0, 59))
