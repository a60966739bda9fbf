"""Files that can be read; slugs and uuids that are unique and stay what they were."""

from collections.abc import Iterator

from ..findings import Problem, rule
from ..loader import Curriculum


@rule("C001", "文件符合格式", "Files can be read and keep to the schema")
def files_are_readable(curriculum: Curriculum) -> Iterator[Problem]:
    for error in curriculum.errors:
        yield Problem(error.path, error.line, error.message_zh, error.message)
