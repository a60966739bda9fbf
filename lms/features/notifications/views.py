"""The inbox of the signed-in person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.notifications import service
from lms.features.notifications.inbox import read_inbox
from lms.features.notifications.queries import NotificationRow, get_notification
from lms.web.context import clock, current_actor, db
from lms.web.pagination import page_number
from lms.web.permissions import requires
from lms.web.text import gettext as _
from lms.web.urls import safe_next

blueprint = Blueprint("notifications", __name__, template_folder="templates")


@blueprint.get("/notifications")
@requires(Permission.INBOX_VIEW)
def show_inbox() -> ResponseReturnValue:
    """What happened to the person, the newest first."""
    inbox = read_inbox(db(), current_actor().user_id, number=page_number(request.args.get("page")))
    return render_template("notifications/show_inbox.html", inbox=inbox)


@blueprint.post("/notifications/<int:notification_id>/open")
@requires(Permission.NOTICE_ANSWER, on=get_notification)
def open_notice(notice: NotificationRow) -> ResponseReturnValue:
    """Go to what the notice is about; it is read now."""
    service.mark_read(db(), notice.notification_id, now=clock().now())
    return redirect(safe_next(notice.url, default=url_for(".show_inbox")), 303)


@blueprint.post("/notifications/<int:notification_id>/read")
@requires(Permission.NOTICE_ANSWER, on=get_notification)
def mark_read(notice: NotificationRow) -> ResponseReturnValue:
    """The notice is read, or with `undo` it is news again."""
    if request.form.get("undo"):
        service.mark_unread(db(), notice.notification_id)
    else:
        service.mark_read(db(), notice.notification_id, now=clock().now())
    return redirect(safe_next(request.form.get("next", ""), default=url_for(".show_inbox")), 303)


@blueprint.post("/notifications/read")
@requires(Permission.INBOX_VIEW)
def mark_all_read() -> ResponseReturnValue:
    """All notices up to the newest that the page showed are read."""
    text = request.form.get("up_to", "")
    up_to = int(text) if text.isdecimal() and len(text) < 16 else 0
    service.mark_all_read(db(), current_actor().user_id, up_to=up_to, now=clock().now())
    flash(_("All messages are marked as read."), "success")
    return redirect(url_for(".show_inbox"), 303)
