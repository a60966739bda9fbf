"""Ways in which the product could be broken by a careless hand, each with the walk that must notice it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Breach:
    """`old` becomes `new` in one file; then `walker` tries `endpoint` and must meet what is not theirs."""

    name: str
    file: str
    old: str
    new: str
    walker: str
    endpoint: str
    finding: str  # what the walk says


BREACHES = (
    Breach(
        "a scope filter is dropped",
        "lms/features/organizations/proposals.py",
        "_open().where(below(Organization.path, paths)).order_by(",
        "_open().order_by(",
        "manager-elsewhere",
        "proposals.show_proposals",
        "shows",
    ),
    Breach(
        "a loader is missing",
        "lms/features/notifications/views.py",
        "@requires(Permission.NOTICE_ANSWER, on=get_notification)\n"
        "def mark_read(notice: NotificationRow) -> ResponseReturnValue:\n"
        '    """The notice is read, or with `undo` it is news again."""\n',
        "@requires(Permission.INBOX_VIEW)\n"
        "def mark_read(notification_id: int) -> ResponseReturnValue:\n"
        "    notice = get_notification(db(), notification_id)\n"
        "    if notice is None:\n"
        '        return "", 404\n',
        "learner-elsewhere",
        "notifications.mark_read",
        "answers 303",
    ),
    Breach(
        "holds instead of covers",
        "lms/domain/permissions.py",
        "Permission.PERSON_EDIT: covers(",
        "Permission.PERSON_EDIT: holds(",
        "manager-elsewhere",
        "people.show_person",
        "shows",
    ),
    Breach(
        "a commit in a view",
        "lms/features/organizations/views.py",
        "    service.rename_organization(",
        "    db().commit()\n    service.rename_organization(",
        "manager",
        "organizations.rename_organization",
        "commits in",
    ),
    Breach(
        "a look leaves no trail",
        "lms/features/trail/service.py",
        "    if actor_id != subject_id:",
        "    if False:",
        "manager",
        "people.show_person",
        "leaves no trail",
    ),
    Breach(
        "an export leaves no trail",
        "lms/features/organizations/views.py",
        '    note_export("people",',
        '    str("people") or note_export("people",',
        "manager",
        "organizations.export_people",
        "leaves no trail",
    ),
    Breach(
        "an export's cell is written as it stands",
        "lms/web/spreadsheets.py",
        'return f"\'{value}" if is_formula_like(value) else value',
        "return value",
        "manager",
        "organizations.export_people",
        "a formula",
    ),
    Breach(
        "an enterprise's module opens for everybody",
        "lms/features/catalog/queries.py",
        "_CARDS.where(Module.slug == slug, visible_to(user_id))",
        "_CARDS.where(Module.slug == slug)",
        "learner-elsewhere",
        "learning.watch_module",
        "answers 302",
    ),
    Breach(
        "a suspended person stays in",
        "lms/features/accounts/queries.py",
        "        User.status == UserStatus.ACTIVE,\n    )\n)\n\n\nclass SessionRow",
        "    )\n)\n\n\nclass SessionRow",
        "suspended",
        "home.show_home",
        "answers nobody with 200",
    ),
    Breach(
        "a supervisor's scope is the whole tree",
        "lms/features/reporting/district_filter.py",
        "return Scope(actor.paths(*hats), self.window)",
        'return Scope(("/",), self.window)',
        "supervisor-of-a-street",
        "district.export_rows",
        "shows",
    ),
    Breach(
        "what is one's own is not asked",
        "lms/domain/permissions.py",
        "actor.is_signed_in and resource.learner_id == actor.user_id",
        "actor.is_signed_in and resource.learner_id is not None",
        "colleague",
        "assessment.show_question",
        "answers 200",
    ),
    Breach(
        "a list of people opens for others in charge",
        "lms/domain/permissions.py",
        "    return is_own and actor.covers(",
        "    return actor.covers(",
        "supervisor",
        "people_lists.show_list",
        "shows",
    ),
    Breach(
        "a refusal tells that something exists",
        "lms/web/permissions.py",
        "                _note_refusal(permission)\n                abort(404)",
        "                _note_refusal(permission)\n                abort(403)",
        "learner",
        "people.show_person",
        "answers 403",
    ),
)
