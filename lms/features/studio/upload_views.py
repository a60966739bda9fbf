"""Pages of uploads: bring an archive, read its report, import, look at it as a learner, publish."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from lms.domain.errors import Conflict, RuleError
from lms.domain.permissions import Permission
from lms.features.files.limits import Limits
from lms.features.files.refusal import Refused
from lms.features.files.sandbox import ChildFailed
from lms.features.files.store import UploadStore
from lms.features.organizations.queries import list_organizations
from lms.features.policies.queries import get_policy
from lms.features.studio import service, taught
from lms.features.studio.forms import UploadForm, own_scopes, read_text
from lms.features.studio.preview import Preview, preview_upload
from lms.features.studio.queries import UploadRow, find_upload
from lms.features.studio.reception import inspecting
from lms.features.studio.report_page import read_report
from lms.features.studio.words import refusal_words
from lms.web.context import clock, close_db, current_actor, db, settings, today
from lms.web.limits import limiter, per_person
from lms.web.permissions import requires
from lms.web.text import gettext as _
from lms.web.text import ngettext

blueprint = Blueprint("uploads", __name__, template_folder="templates")
UPLOAD_ENDPOINT = "uploads.take_upload"  # the one route whose body may be large


def store() -> UploadStore:
    """Where uploads lie."""
    return UploadStore(settings().uploads_dir)


@blueprint.get("/studio/upload")
@requires(Permission.UPLOAD_CREATE)
def show_form() -> ResponseReturnValue:
    """Choose an archive."""
    return _form_page()


def _form_page(error: str = "") -> str:
    ids = [scope.organization_id for scope in own_scopes(current_actor())]
    limits = Limits.of(get_policy(db(), on=today()))
    places = list_organizations(db(), ids)
    return render_template("studio/show_form.html", places=places, limits=limits, error=error)


@blueprint.post("/studio/uploads")
@limiter.limit("30 per hour", key_func=per_person)
@requires(Permission.UPLOAD_CREATE)
def take_upload() -> ResponseReturnValue:
    """Receive an archive, look into it, keep the report."""
    form = UploadForm.of(current_actor(), request.form, request.files)
    if form.error or form.scope is None or form.file is None:
        return _form_page(form.error)
    try:
        return redirect(url_for(".show_upload", uuid=_take(form.file, form.scope.organization_id)))
    except Refused as refusal:
        return _form_page(refusal_words(refusal.as_dict())[0])
    except ChildFailed:
        return _form_page(_("Others are uploading right now. Try again in a minute."))
    except service.QuotaUsedUp as error:
        return _form_page(_(error.message))


def _take(file: FileStorage, owner_id: int) -> UUID:
    """The work behind `take_upload`; the database is not held while the child works."""
    actor = current_actor()
    policy = get_policy(db(), on=today())
    service.check_quota(db(), user_id=actor.user_id, organization_id=owner_id, policy=policy)
    close_db()
    with inspecting(
        store(),
        file.stream,  # type: ignore[arg-type]
        file.filename or "",
        limits=Limits.of(policy),
        content_dir=settings().content_dir,
        scanner=current_app.extensions["virus_scanner"],
    ) as inspected:
        now = clock().now()
        service.record_upload(db(), inspected, actor_id=actor.user_id, organization_id=owner_id, now=now)
    return inspected.uuid


@blueprint.get("/studio/uploads/<uuid:uuid>")
@requires(Permission.UPLOAD_VIEW, on=find_upload)
def show_upload(upload: UploadRow) -> ResponseReturnValue:
    """The report; while the draft is being made, how far that is."""
    return render_template("studio/show_upload.html", page=read_report(upload, current_actor()))


@blueprint.post("/studio/uploads/<uuid:uuid>/import")
@requires(Permission.UPLOAD_EDIT, on=find_upload)
def import_upload(upload: UploadRow) -> ResponseReturnValue:
    """Make a draft of it, in the background."""
    service.begin_import(db(), upload, store=store(), media_dir=settings().media_dir)
    return redirect(url_for(".show_upload", uuid=upload.uuid))


@blueprint.post("/studio/uploads/<uuid:uuid>/skills")
@requires(Permission.UPLOAD_EDIT, on=find_upload)
def accept_skills(upload: UploadRow) -> ResponseReturnValue:
    """The ticked ones of the proposed skills are taught by the draft too."""
    levels = taught.read_choice(request.form, taught.list_proposals(upload.report))
    if levels:
        taught.accept_skills(db(), upload, levels)
        flash(ngettext("%(num)s skill added.", "%(num)s skills added.", len(levels)), "success")
    else:
        flash(_("Tick what the module really teaches."), "error")
    return redirect(url_for(".show_upload", uuid=upload.uuid))


@blueprint.post("/studio/uploads/<uuid:uuid>/approval")
@requires(Permission.UPLOAD_EDIT, on=find_upload)
def ask_approval(upload: UploadRow) -> ResponseReturnValue:
    """Ask a second person to look at the draft."""
    service.ask_approval(db(), upload, actor=current_actor(), now=clock().now())
    flash(_("Your colleagues are asked. You will be told what they say."), "success")
    return redirect(url_for(".show_upload", uuid=upload.uuid))


@blueprint.post("/studio/uploads/<uuid:uuid>/publication")
@requires(Permission.UPLOAD_PUBLISH, on=find_upload)
def publish(upload: UploadRow) -> ResponseReturnValue:
    """Offer the draft to new learners."""
    try:
        service.publish_upload(db(), upload, actor=current_actor(), now=clock().now())
    except (service.SecondPersonNeeded, Conflict) as error:
        flash(_(error.message), "error")
    else:
        flash(_("Published. New learners begin this version."), "success")
    return redirect(url_for(".show_upload", uuid=upload.uuid))


@blueprint.post("/studio/uploads/<uuid:uuid>/return")
@requires(Permission.UPLOAD_PUBLISH, on=find_upload)
def send_back(upload: UploadRow) -> ResponseReturnValue:
    """The second person does not agree, and says why."""
    reason = read_text(request.form, "reason")
    if reason:
        service.send_back(db(), upload, actor=current_actor(), reason=reason, now=clock().now())
        flash(_("Sent back. The uploader is told why."), "success")
    else:
        flash(_("Say why, so that it can be mended."), "error")
    return redirect(url_for(".show_upload", uuid=upload.uuid))


@blueprint.post("/studio/uploads/<uuid:uuid>/removal")
@requires(Permission.UPLOAD_EDIT, on=find_upload)
def remove_upload(upload: UploadRow) -> ResponseReturnValue:
    """Forget an upload of which nothing was made."""
    try:
        service.remove_upload(db(), upload, store=store())
    except RuleError as error:
        flash(_(error.message), "error")
        return redirect(url_for(".show_upload", uuid=upload.uuid))
    flash(_("Removed."), "success")
    return redirect(url_for("studio.show_desk"))


@blueprint.get("/studio/uploads/<uuid:uuid>/preview")
@blueprint.get("/studio/uploads/<uuid:uuid>/preview/<int:position>")
@requires(Permission.UPLOAD_VIEW, on=preview_upload)
def show_preview(preview: Preview) -> ResponseReturnValue:
    """The draft as a learner will see it."""
    return render_template("studio/preview.html", preview=preview)
