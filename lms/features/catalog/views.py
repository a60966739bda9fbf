"""Figures of lessons."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.catalog.models import MediaFile
from lms.features.catalog.queries import find_media
from lms.web.context import settings
from lms.web.permissions import requires

blueprint = Blueprint("catalog", __name__)
YEAR = 365 * 24 * 3600


@blueprint.get("/media/<sha256>/<name>")
@requires(Permission.CATALOG_VIEW, on=lambda db, sha256, name: find_media(db, sha256))
def show_media(media: MediaFile) -> ResponseReturnValue:
    """A figure; its address carries the hash of its bytes, so a browser may keep it."""
    path = settings().media_dir / media.sha256
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=media.content_type, etag=False, max_age=YEAR)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response
