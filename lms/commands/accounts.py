"""`lms user`: accounts and hats. Slow imports are made where they are needed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from lms.commands.installation import now, owned

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def user() -> None:
    """Accounts. A new installation has none: the first is made here."""


@user.command("create")
@click.argument("sign_in_name")
@click.option("--name", "display_name", help="The name that is shown; the sign-in name unless given.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password for one use and print it.")
def user_create(
    sign_in_name: str, display_name: str | None, language: str, password_stdin: bool, generate: bool
) -> None:
    """Make an account."""
    from lms.features.accounts.service import create_user

    with owned() as (_, database):
        password, is_made = _new_password(password_stdin, generate)
        try:
            with database.writing() as db:
                create_user(
                    db,
                    sign_in_name=sign_in_name,
                    password=password,
                    display_name=display_name or sign_in_name,
                    language=language,
                    role_id=None,
                    now=now(),
                    must_change_password=is_made,
                )
        except ValueError as error:
            raise click.ClickException(f"{error}.") from None
    click.echo(f"{sign_in_name} can sign in now.{_once(password, is_made)}")


@user.command("password")
@click.argument("sign_in_name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--generate", is_flag=True, help="Make a password for one use and print it.")
def user_password(sign_in_name: str, password_stdin: bool, generate: bool) -> None:
    """Give somebody another password; all their sessions end."""
    from lms.domain.sign_in import folded_name
    from lms.features.accounts.queries import find_user
    from lms.features.accounts.service import set_password

    with owned() as (_, database):
        password, is_made = _new_password(password_stdin, generate)
        with database.writing() as db:
            found = find_user(db, folded_name(sign_in_name))
            if found is None:
                raise click.ClickException(f"Nobody signs in as {sign_in_name}.")
            set_password(db, found, password, now=now(), must_change_password=is_made)
    click.echo(f"{sign_in_name} has another password.{_once(password, is_made)}")


@user.command("grant")
@click.argument("sign_in_name")
@click.argument("hat", type=click.Choice(["instructor", "manager", "supervisor", "auditor"]))
@click.argument("organization")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day; without it, no end.")
def user_grant(sign_in_name: str, hat: str, organization: str, until: datetime | None) -> None:
    """Give somebody a hat for an ORGANIZATION (id or name) and all below it: the first supervisor."""
    from lms.domain.permissions import Hat
    from lms.features.organizations.first_steps import grant_by_command

    day = until.date() if until else None
    with owned() as (_, database), database.writing() as db:
        place = grant_by_command(
            db, sign_in_name=sign_in_name, hat=Hat(hat), organization=organization, until=day, now=now()
        )
    click.echo(f"{sign_in_name} is {hat} for {place}.")


def _new_password(from_stdin: bool, is_generated: bool) -> tuple[str, bool]:
    """The password and whether it was made here, for one use."""
    from lms.ports.passwords import make_initial_password

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if is_generated:
        return make_initial_password(), True
    text = "Password (at least 15 characters; empty: one is made)"
    given = click.prompt(text, default="", hide_input=True, show_default=False, confirmation_prompt=True)
    return (given, False) if given else (make_initial_password(), True)


def _once(password: str, is_made: bool) -> str:
    return f"\nPassword for the first sign-in: {password}" if is_made else ""
