"""The Flask class: one transaction per request."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from lms.web.context import close_db
from lms.web.input import CleanRequest, init_input


class Application(Flask):
    """Flask whose every view runs in one transaction, committed before the answer leaves (architecture.md §2)."""

    request_class = CleanRequest

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        init_input(self)
        self.teardown_appcontext(lambda error: close_db())  # reading sessions of error pages

    def dispatch_request(self) -> Any:
        close_db()  # what was opened before the view cannot write
        g.is_in_view = True
        try:
            answer = super().dispatch_request()
        except BaseException as error:
            g.is_in_view = False
            close_db(error)
            raise
        g.is_in_view = False
        close_db()
        return answer
