"""One route takes large bodies, and only from people who may use it; everywhere else the small limit holds."""

from __future__ import annotations

from flask import Flask, request

from lms.domain.permissions import Permission, is_allowed
from lms.features.files.limits import MIB, Limits
from lms.features.policies.queries import get_policy
from lms.features.studio.upload_views import UPLOAD_ENDPOINT
from lms.web.context import current_actor, db, today


def init_body_limit(app: Flask) -> None:
    """Raise the limit for the upload of archives (safety.md U1)."""

    @app.before_request
    def raise_limit() -> None:
        if request.endpoint == UPLOAD_ENDPOINT and is_allowed(current_actor(), Permission.UPLOAD_CREATE):
            limits = Limits.of(get_policy(db(), on=today()))
            request.max_content_length = limits.archive_bytes + MIB  # the form's other fields
