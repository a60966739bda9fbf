"""The approved plan: periods, credit, and the places on the map of layers."""

from collections.abc import Iterator

from ..findings import Problem, at, rule
from ..loader import Curriculum

FOUNDATION_PERIODS = 120
GRID_ROWS = 2
GRID_COLUMNS = 8
FIRST_COLUMN = {"frontier": 2}
"""The map is a terrace: a layer may begin further to the right."""


@rule("C010", "课时之和等于计划", "The split of the periods sums to the plan")
def periods_sum_to_the_plan(curriculum: Curriculum) -> Iterator[Problem]:
    """plan.yaml holds the figures."""
    for module in curriculum.modules:
        planned, total = curriculum.plan.get(module.slug), module.meta.periods.total
        if planned is None:
            zh, en = f"plan.yaml 中没有 {module.slug}。", f"{module.slug} is not in plan.yaml."
            yield at(module.meta_source, "slug", zh=zh, en=en)
        elif planned != total:
            zh, en = (
                f"课时之和为 {total}，计划为 {planned}。",
                f"The periods sum to {total}, the plan says {planned}.",
            )
            yield at(module.meta_source, "periods", zh=zh, en=en)
    for slug in curriculum.plan.keys() - curriculum.modules_by_slug.keys():
        zh, en = f"计划中的模块 {slug} 不存在。", f"There is no module {slug} as planned."
        yield at(curriculum.sources["plan.yaml"], slug, zh=zh, en=en)


@rule("C011", "基础层共 120 课时", "The foundations are 120 periods together")
def foundations_sum_to_their_total(curriculum: Curriculum) -> Iterator[Problem]:
    """Reported at the plan, where a change has to be decided."""
    total = sum(m.meta.periods.total for m in curriculum.modules if m.meta.layer == "foundation")
    if total != FOUNDATION_PERIODS:
        zh = f"基础层共 {total} 课时，应为 {FOUNDATION_PERIODS}。"
        en = f"The foundations are {total} periods together, not {FOUNDATION_PERIODS}."
        yield at(curriculum.sources["plan.yaml"], zh=zh, en=en)


@rule("C012", "学分由课时得出", "Credit follows from the periods")
def credit_follows_from_periods(curriculum: Curriculum) -> Iterator[Problem]:
    """The rule stands in layers.yaml: periods / 16, to the nearest half, at least 0.5."""
    for module in curriculum.modules:
        total = module.meta.periods.total
        credit = curriculum.credit_rule.credit(total)
        if module.meta.credit != credit:
            zh, en = f"{total} 课时应为 {credit} 学分。", f"{total} periods are {credit} credits."
            yield at(module.meta_source, "credit", zh=zh, en=en)


@rule("C013", "地图上的位置不重叠、不出格", "Places on the map are unique and inside the grid")
def places_are_free_and_inside(curriculum: Curriculum) -> Iterator[Problem]:
    """Each layer has its own grid of two rows."""
    taken: dict[tuple[str, int, int], str] = {}
    for module in curriculum.modules:
        layer, row, column = module.meta.layer, module.meta.place.row, module.meta.place.column
        columns = range(FIRST_COLUMN.get(layer, 1), GRID_COLUMNS + 1)
        if row not in range(1, GRID_ROWS + 1) or column not in columns:
            zh, en = (
                f"第 {row} 行第 {column} 列不在网格内。",
                f"Row {row}, column {column} is outside the grid.",
            )
            yield at(module.meta_source, "place", zh=zh, en=en)
        other = taken.setdefault((layer, row, column), module.slug)
        if other != module.slug:
            zh, en = f"位置已被 {other} 占用。", f"The place is taken by {other}."
            yield at(module.meta_source, "place", zh=zh, en=en)
