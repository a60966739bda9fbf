"""What the curriculum covers: modules, languages, skills and levels, questions, drills, marks to be confirmed."""

from collections import Counter
from collections.abc import Iterator

from .loader import Curriculum, Module
from .rules.scenarios import missing_scenarios
from .schema import LANGUAGES

KINDS = ("single", "multiple", "true_false", "number", "ordering", "matching", "fill_in")


def report(curriculum: Curriculum) -> str:
    """The whole report as text, a paragraph per subject."""
    parts = (_layers, _skills, _questions, _scenarios, _marks)
    return "\n\n".join("\n".join(part(curriculum)) for part in parts)


def _layers(curriculum: Curriculum) -> Iterator[str]:
    """Complete of planned modules, periods, lessons and reading minutes in each language."""
    total = len(curriculum.modules)
    done = sum(module.is_complete for module in curriculum.modules)
    yield f"Modules complete: {done} of {total}"
    for layer in curriculum.layers:
        modules = [module for module in curriculum.modules if module.meta.layer == layer.slug]
        complete = [module for module in modules if module.is_complete]
        periods = sum(module.meta.periods.total for module in modules)
        yield f"  {layer.en}: {len(complete)} of {len(modules)}, {periods} periods"
    lessons = [lesson for module in curriculum.modules for lesson in module.lessons]
    for language in LANGUAGES:
        written = sum(1 for lesson in lessons if lesson.text(language))
        minutes = sum(module.reading_minutes(language) for module in curriculum.modules)
        yield f"  Lessons in {language}: {written} of {len(lessons)}, {minutes} min to read"


def _skills(curriculum: Curriculum) -> Iterator[str]:
    """How many modules bring each skill to which level, and what no complete module teaches yet."""
    taught: Counter[tuple[str, int]] = Counter()
    ready: Counter[str] = Counter()
    for module in curriculum.modules:
        for row in module.meta.teaches:
            taught[row.skill, row.level] += 1
            ready[row.skill] = max(ready[row.skill], row.level if module.is_complete else 0)
    levels = range(1, curriculum.level_max_by_module + 1)
    yield (
        "Skills: modules that lead to level " + " ".join(map(str, levels)) + "; highest in a complete module"
    )
    for skill in curriculum.skills:
        counts = " ".join(str(taught[skill.slug, level] or "·") for level in levels)
        yield f"  {skill.slug:28} {counts}  {ready[skill.slug] or '–'}"


def _questions(curriculum: Curriculum) -> Iterator[str]:
    """Questions by type and by difficulty."""
    questions = [question for module in curriculum.modules for question in module.questions]
    kinds: Counter[str] = Counter(question.type for question in questions)
    marks = Counter(question.difficulty for question in questions)
    yield f"Questions: {len(questions)}"
    yield "  " + ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS)
    yield "  by difficulty: " + ", ".join(f"{mark}: {marks[mark]}" for mark in range(1, 6))


def _scenarios(curriculum: Curriculum) -> Iterator[str]:
    """Drills of the hands-on modules: how many there are, and of which complete modules they are missing."""
    have = [slug for slug in curriculum.hands_on if _has_scenario(curriculum.modules_by_slug.get(slug))]
    yield f"Drills: {len(have)} of {len(curriculum.hands_on)} hands-on modules"
    missing = [module.slug for module in missing_scenarios(curriculum)]
    yield "  missing in complete modules: " + (", ".join(missing) or "none")


def _has_scenario(module: Module | None) -> bool:
    return module is not None and module.scenario is not None


def _marks(curriculum: Curriculum) -> Iterator[str]:
    """What a named reviewer has yet to confirm."""
    yield "To be confirmed (status: general)"
    for layer in curriculum.layers:
        modules = [module for module in curriculum.modules if module.meta.layer == layer.slug]
        basis = [row.status for module in modules for row in module.meta.basis]
        questions = [question.status for module in modules for question in module.questions]
        texts = f"{basis.count('general')} of {len(basis)} texts"
        yield f"  {layer.en}: {texts}, {questions.count('general')} of {len(questions)} questions"
    statuses = [row.status for row in curriculum.parameters.values()]
    yield f"  Dated figures: {statuses.count('general')} of {len(statuses)}"
    yield f"Glossary: {len(curriculum.glossary)} terms"
