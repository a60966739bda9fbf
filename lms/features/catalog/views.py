"""Figures of lessons."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from lms.domain.permissions import Hat, Permission
from lms.features.catalog.models import MediaFile, ModuleVersion
from lms.features.catalog.queries import find_media, owned_within, visible_to
from lms.web.context import current_actor, settings
from lms.web.permissions import requires

blueprint = Blueprint("catalog", __name__)
YEAR = 365 * 24 * 3600


def load_media(session: Session, sha256: str, name: str) -> MediaFile | None:
    """A figure of a module that the actor may see: shown where they work, begun, or of their own studio.

    A draft's figures are nobody's but the studio's."""
    actor = current_actor()
    shown = or_(visible_to(actor.user_id), owned_within(actor.paths(Hat.SUPERVISOR)))
    own = owned_within(actor.paths(Hat.INSTRUCTOR, Hat.MANAGER))
    begun = current_app.extensions["has_begun"](actor.user_id)
    return find_media(session, sha256, and_(shown, ModuleVersion.published_at.is_not(None)), own, begun)


@blueprint.get("/media/<sha256>/<name>")
@requires(Permission.CATALOG_VIEW, on=load_media)
def show_media(media: MediaFile) -> ResponseReturnValue:
    """A figure; its address carries the hash of its bytes, so a browser may keep it."""
    path = settings().media_dir / media.sha256
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=media.content_type, etag=False, max_age=YEAR)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response
