"""What the trail's codes are called on pages; an unlisted one is shown as it is."""

from __future__ import annotations

import json

from lms.web.text import gettext


def lazy_gettext(message: str) -> str:
    """Mark a text for the catalogues; it is translated when a page shows it."""
    return message


ACTIONS: dict[str, dict[str, str]] = {
    "looks": {
        "looked": lazy_gettext("Looked at a person's record"),
        "exported": lazy_gettext("Took a list as a file"),
        "refused": lazy_gettext("Was refused"),
    },
    "access": {
        "session_begun": lazy_gettext("Signed in"),
        "sessions_ended": lazy_gettext("Signed out"),
        "sign_in_refused": lazy_gettext("Sign-in was refused"),
        "password_changed": lazy_gettext("Password was changed"),
        "first_password_made": lazy_gettext("First password was made"),
        "user_created": lazy_gettext("Account was made"),
        "user_suspended": lazy_gettext("Account was suspended"),
        "user_reinstated": lazy_gettext("Account was opened again"),
        "hat_granted": lazy_gettext("Hat was granted"),
        "hat_ended": lazy_gettext("Hat was ended"),
    },
    "people": {
        "person_renamed": lazy_gettext("Name was changed"),
        "employment_begun": lazy_gettext("Work began"),
        "employment_changed": lazy_gettext("Work was changed"),
        "employment_ended": lazy_gettext("Work ended"),
        "role_changed": lazy_gettext("Job role was changed"),
        "roles_set": lazy_gettext("Job role was set by a list"),
        "role_proposed": lazy_gettext("Job role was proposed"),
        "role_proposal_answered": lazy_gettext("Proposed job role was answered"),
        "people_imported": lazy_gettext("List of people was taken over"),
        "organization_created": lazy_gettext("Organisation was made"),
        "organization_renamed": lazy_gettext("Organisation was renamed"),
        "organization_moved": lazy_gettext("Organisation was moved"),
    },
    "learning": {
        "enrollment_changed": lazy_gettext("Place in a module was changed"),
        "module_completed": lazy_gettext("Module was completed"),
        "module_recognised": lazy_gettext("Prior learning was recognised"),
        "attempt_graded": lazy_gettext("Quiz was graded"),
        "evidence_recorded": lazy_gettext("Skill levels were renewed"),
        "learning_assigned": lazy_gettext("Modules were assigned"),
        "assignment_waived": lazy_gettext("Assigned module was waived"),
        "assignment_rule_made": lazy_gettext("Modules are assigned to all who join"),
        "assignment_rule_ended": lazy_gettext("Modules are not assigned to joiners any more"),
        "question_asked": lazy_gettext("Question was asked"),
        "question_answered": lazy_gettext("Question was answered"),
        "goal_kept": lazy_gettext("Goal was kept"),
        "goal_dropped": lazy_gettext("Goal was let go"),
        "personalisation_changed": lazy_gettext("Personal recommendations were switched"),
    },
    "modules": {
        "curriculum_synced": lazy_gettext("Curriculum was loaded"),
        "module_uploaded": lazy_gettext("Module was uploaded"),
        "upload_removed": lazy_gettext("Upload was removed"),
        "draft_begun": lazy_gettext("Draft was made of an upload"),
        "approval_asked": lazy_gettext("Second person was asked to look at a draft"),
        "draft_sent_back": lazy_gettext("Draft was sent back"),
        "second_approval_switched": lazy_gettext("Second person for publishing was switched"),
        "show_asked": lazy_gettext("District was asked to show a module"),
        "show_refused": lazy_gettext("Showing a module to the district was refused"),
        "draft_skill_added": lazy_gettext("Draft of a module teaches one skill more"),
        "module_published": lazy_gettext("Module was published"),
        "module_unpublished": lazy_gettext("Module was taken off"),
        "module_shown": lazy_gettext("Module is shown to another part of the tree"),
    },
}
GROUPS = {
    "looks": lazy_gettext("Looks, files, refusals"),
    "access": lazy_gettext("Accounts and hats"),
    "people": lazy_gettext("People and organisations"),
    "learning": lazy_gettext("Learning"),
    "modules": lazy_gettext("Modules"),
}
VALUES: dict[str, dict[str, str]] = {
    "page": {
        "person": lazy_gettext("Page of the person"),
        "skills": lazy_gettext("Skills"),
        "enrollments": lazy_gettext("Modules"),
        "certificates": lazy_gettext("Certificates"),
        "results": lazy_gettext("Results"),
        "profile": lazy_gettext("Profile"),
        "assignments": lazy_gettext("Assigned modules"),
    },
    "hat": {
        "instructor": lazy_gettext("Instructor"),
        "manager": lazy_gettext("Manager"),
        "supervisor": lazy_gettext("Supervisor"),
        "auditor": lazy_gettext("Auditor"),
    },
    "list": {
        "team": lazy_gettext("Team"),
        "team-gaps": lazy_gettext("Gaps"),
        "team-modules": lazy_gettext("Modules by department"),
        "closing-modules": lazy_gettext("Largest gaps, and what closes them"),
        "people": lazy_gettext("People"),
        "people_list": lazy_gettext("List of people"),
        "district": lazy_gettext("The district's numbers"),
        "fairness": lazy_gettext("Fairness of recommendations"),
        "trail": lazy_gettext("Trail"),
    },
    "status": {
        "active": lazy_gettext("begun"),
        "withdrawn": lazy_gettext("withdrawn"),
        "recognised": lazy_gettext("recognised"),
    },
}
FACTS = {
    "page": lazy_gettext("Page"),
    "hat": lazy_gettext("Hat"),
    "list": lazy_gettext("List"),
    "rows": lazy_gettext("Rows"),
    "format": lazy_gettext("Format"),
    "status": lazy_gettext("Status"),
    "permission": lazy_gettext("Permission"),
    "score_percent": lazy_gettext("Percent"),
    "skill": lazy_gettext("Skill"),
    "level": lazy_gettext("Level"),
    "is_passed": lazy_gettext("Passed"),
    "is_accepted": lazy_gettext("Accepted"),
    "is_needed": lazy_gettext("Needed"),
    "modules": lazy_gettext("Modules"),
    "due_on": lazy_gettext("Due on"),
    "account": lazy_gettext("Account"),
    "ended": lazy_gettext("Sessions"),
}
OBJECTS = {
    "module": lazy_gettext("Module"),
    "module_version": lazy_gettext("Module version"),
    "attempt": lazy_gettext("Attempt"),
    "organization": lazy_gettext("Organisation"),
    "role": lazy_gettext("Job role"),
}
WORDS = {action: label for actions in ACTIONS.values() for action, label in actions.items()}


def action_word(action: str) -> str:
    """What was done, in the reader's language."""
    return gettext(WORDS[action]) if action in WORDS else action.replace("_", " ")


def page_word(facts: str) -> str:
    """Which page somebody looked at, from the facts of the look."""
    page, words = str(json.loads(facts).get("page", "")), VALUES["page"]
    return gettext(words[page]) if page in words else gettext("Another page about you")


def object_text(kind: str, number: int | None) -> str:
    """The row concerned: its kind and number."""
    word = gettext(OBJECTS[kind]) if kind in OBJECTS else kind.replace("_", " ")
    return f"{word} {number}" if number is not None else word


def facts_text(facts: str) -> str:
    """The facts of an entry as short pairs; what has no word is shown as it is kept."""
    return " · ".join(f"{_name(name)} {_value(name, value)}" for name, value in json.loads(facts).items())


def _name(name: str) -> str:
    return gettext(FACTS[name]) if name in FACTS else name.replace("_", " ")


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    words = VALUES.get(name, {})
    return gettext(words[str(value)]) if value in words else str(value)
