"""What the profile shows of organisations: where one works, and what became of a proposed job role."""

from __future__ import annotations

from flask import render_template

from lms.features.organizations.people_queries import find_person, list_grants
from lms.features.organizations.proposals import find_own_proposal
from lms.web.context import clock, current_actor, db


def show_own_work() -> str:
    """One's own work as the employer has entered it, one's hats, and the newest proposal."""
    actor = current_actor()
    return render_template(
        "organizations/_own_work.html",
        person=find_person(db(), actor.user_id),
        grants=list_grants(db(), actor.user_id, now=clock().now()),
        proposal=find_own_proposal(db(), actor.user_id),
    )
