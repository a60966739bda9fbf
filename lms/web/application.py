"""The Flask class: one transaction per request."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from lms.web.context import close_db


class Application(Flask):
    """Flask whose every view runs in one transaction, committed before the answer leaves (architecture.md §2)."""

    def dispatch_request(self) -> Any:
        try:
            answer = super().dispatch_request()
        except BaseException as error:
            g.is_view_over = True
            close_db(error)
            raise
        g.is_view_over = True
        close_db()
        return answer
