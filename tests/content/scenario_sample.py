"""A drill without a single finding: nine decisions in a row, the right choices first, second or third in turn."""

from typing import Any

import yaml

STEPS = 9
SAFE = {"zh": "安全", "en": "Safety"}
FACTS = {
    "a": {"count": 3, "place": {"zh": "车间", "en": "shop"}},
    "b": {"count": 4, "place": {"zh": "仓库", "en": "store"}},
}


class _Plain(yaml.SafeDumper):
    """Writes equal values out each time: the curriculum refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _choices(number: int) -> list[dict[str, Any]]:
    goto = f"n{number + 1}" if number < STEPS else "closed"
    debrief = {"zh": "讲评", "en": "Debrief"}
    right = {"id": "right", "zh": "停下", "en": "Stop", "goto": goto, "takes": 1, "debrief": debrief}
    wrong = {
        "id": "wrong",
        "zh": "接着做",
        "en": "Carry on",
        "goto": goto,
        "takes": 1,
        "effects": {"safety": -3},
    }
    slow = {
        "id": "slow",
        "zh": "等一等",
        "en": "Wait a little",
        "goto": goto,
        "takes": 15,
        "debrief": debrief,
    }
    others = [{**wrong, "debrief": debrief}, slow]
    place = number % 3
    return [*others[:place], right, *others[place:]]


def scenario_file() -> str:
    """scenario.yaml: 9 nodes, 4 ends, two forms."""
    fact = {"zh": "{{place}}里有 {{count}} 个人。", "en": "{{count}} people in the {{place}}."}
    plain = {"zh": "又过了 1 分钟。", "en": "One more minute."}
    nodes = [
        {"id": f"n{n}", "text": fact if n == 1 else plain, "choices": _choices(n)}
        for n in range(1, STEPS + 1)
    ]
    ends: list[dict[str, Any]] = [
        {"id": "closed", "kind": "best", "requires": {"safety": 10}, "within": 20, "otherwise": "held"},
        {"id": "held", "kind": "good"},
        {"id": "broken", "kind": "fail"},
        {"id": "late", "kind": "fail"},
    ]
    words = {"title": {"zh": "结局", "en": "End"}, "debrief": {"zh": "讲评", "en": "Debrief"}}
    data = {
        "id": "stopping",
        "title": {"zh": "停下来", "en": "Stopping"},
        "role": {"zh": "班长", "en": "Foreman"},
        "clock": {"unit": "minutes", "deadline": 40, "late": "late"},
        "gauges": [{"id": "safety", **SAFE, "start": 10, "fails_at": 1, "end": "broken"}],
        "start": "n1",
        "nodes": nodes,
        "ends": [{**end, **words} for end in ends],
        "forms": FACTS,
    }
    return yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=1000)
