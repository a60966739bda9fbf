"""Who may do what, by endpoint, as people have agreed on it; what stands in no line may nobody.

The table is written from the issue and from safety.md, not from `lms.domain.permissions`: where the two differ, one of
them is wrong. A *standing* is how somebody stands to the thing that an address names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lms.domain.permissions import Hat
from tests.isolation.canaries import SHARED, Canary
from tests.isolation.people import LEARNERS, PEOPLE, Person, Walker, boss_of, lies_in, teacher_of
from tests.isolation.things import DRAFT_FIGURE, OF_A_PLACE, Bundle

Standing = Callable[[Person, Bundle], bool]


def _covering(*hats: Hat) -> Standing:
    return lambda person, bundle: person.covers(bundle.place, *hats)


def _covering_firm(*hats: Hat) -> Standing:
    return lambda person, bundle: person.covers(bundle.firm, *hats)


def _covering_learner(*hats: Hat) -> Standing:
    return lambda person, bundle: person.covers(PEOPLE[bundle.learner].works_at, *hats)


STANDINGS: dict[str, Standing] = {
    "own": lambda person, bundle: person.key == bundle.key,
    "own attempt": lambda person, bundle: person.key == bundle.learner,
    "works there": lambda person, bundle: person.firm == bundle.firm,
    "has begun": lambda person, bundle: person.firm == bundle.firm and person.key in LEARNERS,
    "sent it": lambda person, bundle: person.key == bundle.boss,
    "manager": _covering(Hat.MANAGER),
    "manager of a department": lambda person, bundle: (
        bundle.is_department and person.covers(bundle.place, Hat.MANAGER)
    ),
    "supervisor": _covering(Hat.SUPERVISOR),
    "auditor": _covering(Hat.AUDITOR),
    "manager of the learner": _covering_learner(Hat.MANAGER),
    "supervisor of the learner": _covering_learner(Hat.SUPERVISOR),
    "instructor of the firm": _covering_firm(Hat.INSTRUCTOR),
    "manager of the firm": _covering_firm(Hat.MANAGER),
    "supervisor of the firm": _covering_firm(Hat.SUPERVISOR),
    "supervisor of the district": lambda person, bundle: person.covers("d", Hat.SUPERVISOR),
}
HOLDING: dict[str, tuple[Hat, ...]] = {
    "signed in": (),
    "instructors": (Hat.INSTRUCTOR,),
    "managers": (Hat.MANAGER,),
    "supervisors": (Hat.SUPERVISOR,),
    "auditors": (Hat.AUDITOR,),
}
ANYBODY, SIGNED_IN = ("anybody",), ("signed in",)
IN_CHARGE = ("manager", "supervisor")
OF_THE_MODULE = ("instructor of the firm", "manager of the firm")
HAS_BEGUN = ("has begun",)
LEARNS = ("works there",)
TEAM_PAGES = (
    "team.show_team",
    "team.export_team",
    "team.show_gaps",
    "team.export_gaps",
    "team.export_closers",
    "team.show_modules",
    "team.export_modules",
)

ALLOWED: dict[str, tuple[str, ...]] = {
    # everybody
    "static": ANYBODY,
    "accounts.sign_in": ANYBODY,
    "accounts.sign_out": ANYBODY,
    "errors.offline": ANYBODY,
    "errors.service_worker": ANYBODY,
    "localisation.switch_language": ANYBODY,
    "district.show_public": ANYBODY,
    # one's own
    "accounts.change_password": SIGNED_IN,
    "accounts.end_other_sessions": SIGNED_IN,
    "accounts.save_profile": SIGNED_IN,
    "accounts.show_profile": SIGNED_IN,
    "accounts.end_session": ("own",),
    "home.show_home": SIGNED_IN,
    "home.show_record": SIGNED_IN,
    "skills.show_skills": SIGNED_IN,
    "skills.show_plan": SIGNED_IN,
    "skills.keep_goal": SIGNED_IN,
    "skills.drop_goal": SIGNED_IN,
    "finding.show_found": SIGNED_IN,
    "recommendations.explain": SIGNED_IN,
    "recommendations.switch": SIGNED_IN,
    "notifications.show_inbox": SIGNED_IN,
    "notifications.mark_all_read": SIGNED_IN,
    "notifications.mark_read": ("own",),
    "notifications.open_notice": ("own",),
    "trail.show_looks": SIGNED_IN,
    # learning: the curriculum is everybody's, an enterprise's module its people's
    "drills.show_shipping_trade": SIGNED_IN,
    "drills.walk_drill": LEARNS,
    "glossary.show_glossary": SIGNED_IN,
    "learning.show_curriculum": SIGNED_IN,
    "learning.show_curriculum_list": SIGNED_IN,
    "learning.show_module": LEARNS,
    "learning.show_lesson": LEARNS,
    "learning.begin_module": LEARNS,
    "learning.watch_module": LEARNS,
    "learning.note_place": HAS_BEGUN,
    "learning.finish_lesson": HAS_BEGUN,
    "recommendations.answer": LEARNS,
    "catalog.show_media": (*LEARNS, *OF_THE_MODULE, "supervisor of the firm"),
    DRAFT_FIGURE: OF_THE_MODULE,
    "assessment.start_quiz": LEARNS,
    "assessment.start_recognition": LEARNS,
    "assessment.show_question": ("own attempt",),
    "assessment.save_response": ("own attempt",),
    "assessment.review": ("own attempt",),
    "assessment.submit": ("own attempt",),
    "assessment.show_result": ("own attempt",),
    "studio.ask_question": HAS_BEGUN,
    # organisations and people
    "organizations.show_organizations": ("managers", "supervisors", "auditors"),
    "organizations.show_organization": (*IN_CHARGE, "auditor"),
    "organizations.export_people": IN_CHARGE,
    "organizations.edit_organization": IN_CHARGE,
    "organizations.add_organization": IN_CHARGE,
    "organizations.rename_organization": ("manager of a department", "supervisor"),
    "organizations.move_organization": ("manager of a department", "supervisor"),
    "people.show_person": IN_CHARGE,
    "people.set_role": IN_CHARGE,
    "people.change_work": IN_CHARGE,
    "people.end_employment": IN_CHARGE,
    "people.suspend": IN_CHARGE,
    "people.grant_hat": IN_CHARGE,
    "people.make_code": IN_CHARGE,
    "people.make_codes": IN_CHARGE,
    "people.end_hat": ("manager of the firm", "supervisor of the firm"),
    "proposals.show_proposals": ("managers", "supervisors"),
    "proposals.answer": ("manager of the learner", "supervisor of the learner"),
    "people_lists.add_people": IN_CHARGE,
    "people_lists.add_person": IN_CHARGE,
    "people_lists.check_list": IN_CHARGE,
    "people_lists.send_template": IN_CHARGE,
    "people_lists.show_list": ("sent it",),
    "people_lists.take_over": ("sent it",),
    "people_lists.discard": ("sent it",),
    "people_lists.send_refused": ("sent it",),
    # the team
    **dict.fromkeys(TEAM_PAGES, ("managers", "supervisors")),
    **{f"{name}{OF_A_PLACE}": IN_CHARGE for name in TEAM_PAGES},
    "team.show_person": IN_CHARGE,
    "assignments.choose_target": ("managers",),
    "assignments.show_rules": ("managers", "supervisors"),
    "assignments.ask_person": ("manager",),
    "assignments.assign_to_person": ("manager",),
    "assignments.ask_organization": ("manager",),
    "assignments.assign_to_organization": ("manager",),
    "assignments.end_rule": ("manager",),
    "assignments.waive": ("manager of the learner",),
    "assignments.change_due": ("manager of the learner",),
    # the district, the trail
    "district.show_district": ("supervisors", "auditors"),
    "district.export_district": ("supervisors", "auditors"),
    "district.list_rows": ("supervisors", "auditors"),
    "district.export_rows": ("supervisors", "auditors"),
    "district.show_fairness": ("supervisors", "auditors"),
    "district.export_fairness": ("supervisors", "auditors"),
    "trail.show_trail": ("auditors",),
    "trail.export_trail": ("auditors",),
    # the studio
    "studio.show_desk": ("instructors",),
    "studio.show_questions": ("instructors",),
    "studio.show_answers": ("instructors", "supervisors"),
    "studio.show_module": OF_THE_MODULE,
    "studio.show_preview": (*OF_THE_MODULE, "supervisor of the firm"),
    "studio.unpublish": OF_THE_MODULE,
    "studio.ask_to_show": OF_THE_MODULE,
    "studio.answer_question": ("instructor of the firm",),
    "studio.show_wishes": ("supervisors",),
    "studio.decide_wish": ("supervisor of the district",),
    "studio.switch_second_approval": ("manager of the firm",),
    "uploads.show_form": ("instructors",),
    "uploads.take_upload": ("instructors",),
    "uploads.show_upload": OF_THE_MODULE,
    "uploads.show_preview": OF_THE_MODULE,
    "uploads.publish": OF_THE_MODULE,
    "uploads.send_back": OF_THE_MODULE,
    "uploads.import_upload": ("instructor of the firm",),
    "uploads.accept_skills": ("instructor of the firm",),
    "uploads.ask_approval": ("instructor of the firm",),
    "uploads.remove_upload": ("instructor of the firm",),
}
# Everybody wears the learner's hat; another one only who has it.
WEARS = {f"/hat/{hat.value}": hat for hat in Hat}


def may_do(walker: Walker, endpoint: str, url: str, bundle: Bundle | None) -> bool:
    """Whether the agreed table lets somebody have this answer."""
    allowed = ALLOWED.get(endpoint, ())
    if allowed == ANYBODY:
        return True
    if not walker.is_in:
        return False
    if endpoint == "accounts.wear_hat":
        return WEARS[url] is Hat.LEARNER or walker.person.holds(WEARS[url])
    if any(name in HOLDING and _holds(walker.person, HOLDING[name]) for name in allowed):
        return True
    if bundle is None or bundle.is_missing:
        return False
    return any(name in STANDINGS and STANDINGS[name](walker.person, bundle) for name in allowed)


def _holds(person: Person, hats: tuple[Hat, ...]) -> bool:
    return not hats or person.holds(*hats)


# What each hat reads of the texts that lie in its scope; a text is about a person or about the whole place.
NAMES = frozenset({"name", "zh", "en"})
READS: dict[Hat, frozenset[str]] = {
    Hat.INSTRUCTOR: NAMES | {"title", "draft", "question", "answered", "answer"},
    Hat.MANAGER: NAMES | {"signin", "staff", "title", "draft", "waiver"},
    Hat.SUPERVISOR: NAMES | {"signin", "staff", "title", "waiver"},
    Hat.AUDITOR: NAMES | {"title"},
}


def may_read(walker: Walker, found: Canary) -> bool:
    """Whether a text may stand before somebody's eyes."""
    if not walker.is_in or found.place not in _places():
        return False
    person = walker.person
    if found.who == person.key:
        return True
    if any(found.kind in READS.get(hat, ()) and lies_in(found.place, place) for hat, place in person.hats):
        return True
    return _reads_at_work(person, found)


def _reads_at_work(person: Person, found: Canary) -> bool:
    """What comes with working somewhere: the places above, the enterprise's modules, who asked and who taught."""
    if found.who == SHARED and found.kind in ("zh", "en"):
        return lies_in(person.works_at, found.place) or _is_above_a_scope(person, found.place)
    if not person.firm:
        return False
    if found.who == SHARED:
        return found.kind == "title" and found.place == person.firm
    if found.kind == "signin" and person.holds(Hat.MANAGER):
        return found.who == boss_of(person.firm)  # the line manager of one's own people, as lists name them
    return found.kind == "name" and found.who in (boss_of(person.firm), teacher_of(person.firm))


def _is_above_a_scope(person: Person, place: str) -> bool:
    return any(lies_in(scope, place) for _, scope in person.hats)


def _places() -> Iterable[str]:
    return {person.works_at for person in PEOPLE.values()} | set("dstabce") | {f"{f}2" for f in "abce"}
