"""The `lms` command: thin, each command calls one service. Slow imports are made where they are needed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lms.config import Settings
    from lms.db.transaction import Database

USE_THE_PAGE = {
    "content sync": "stop it first; learners keep what they have begun",
    "user create": "stop it first",
    "user grant": "stop it first, or let a supervisor grant the hat on the person's page",
    "user password": "stop it first, or let the person change it on the page Profile",
}


@contextmanager
def sentences() -> Iterator[None]:
    """Errors that an operator can mend, as one sentence each and exit code 1."""
    from lms.config import ConfigurationError
    from lms.db.backup import BackupError
    from lms.db.lock import DatabaseInUse
    from lms.domain.errors import RuleError

    try:
        yield
    except DatabaseInUse as error:
        path = click.get_current_context().command_path.split(" ", 1)[1]
        what = USE_THE_PAGE.get(path, "stop it first")
        raise click.ClickException(f"{error}\nIf that is the server: {what}.") from None
    except (ConfigurationError, BackupError, RuleError) as error:
        raise click.ClickException(str(error)) from None


def settings() -> Settings:
    from lms.config import read_settings

    return read_settings()


@contextmanager
def owned() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database for a command that writes; on SQLite no server runs meanwhile."""
    from lms.db.lock import owning_database
    from lms.server import open_checked

    with sentences():
        found = settings()
        with owning_database(found):
            database = open_checked(found)
            try:
                yield found, database
            finally:
                database.close()


@contextmanager
def reading() -> Iterator[Session]:
    """A reading session of the database, which a server may be using."""
    from lms.server import open_checked

    with sentences():
        database = open_checked(settings())
        try:
            with database.reading() as db:
                yield db
        finally:
            database.close()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Terrace 学阶: a learning platform for a district's enterprise-training programme.

    Settings come from the environment (LMS_…); the README lists them. `lms doctor` tells what is set."""


@main.command()
def serve() -> None:
    """Answer requests and do the background jobs, until Ctrl-C or SIGTERM."""
    from lms.server import serve as run

    with sentences():
        run(settings(), say=click.echo)


@main.command()
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at once.")
@click.option("--without-scheduler", is_flag=True, help="For every worker but one: one keeps the clock.")
def worker(threads: int, without_scheduler: bool) -> None:
    """Do the background jobs of several servers (needs LMS_REDIS_URL)."""
    from lms.server import work

    with sentences():
        work(settings(), say=click.echo, has_scheduler=not without_scheduler, threads=threads)


@main.group()
def demo() -> None:
    """A made-up small district: people, enterprises and fourteen months of learning."""


@demo.command("make")
def demo_make() -> None:
    """Make the demo; does nothing when it is there."""
    from lms.demo import make_demo

    with owned() as (found, database):
        click.echo(make_demo(database, found, now=_now()))


@demo.command("reset")
@click.option("--yes", is_flag=True, help="Also when there are accounts of real people; they are kept.")
def demo_reset(yes: bool) -> None:
    """Remove everything that belongs to the demo and make it anew."""
    from lms.demo import reset_demo

    with owned() as (found, database):
        click.echo(reset_demo(database, found, now=_now(), is_confirmed=yes))


@main.group()
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
                    now=_now(),
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
            set_password(db, found, password, now=_now(), must_change_password=is_made)
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
            db, sign_in_name=sign_in_name, hat=Hat(hat), organization=organization, until=day, now=_now()
        )
    click.echo(f"{sign_in_name} is {hat} for {place}.")


@main.command("district")
@click.argument("name_zh")
@click.argument("name_en")
def district(name_zh: str, name_en: str) -> None:
    """Make the district, the top of the tree; the rest of it is made on its pages."""
    from lms.features.organizations.first_steps import create_district

    with owned() as (_, database), database.writing() as db:
        number = create_district(db, name_zh=name_zh, name_en=name_en)
    click.echo(f"{name_zh} / {name_en} has the id {number}.")


@main.group()
def content() -> None:
    """The curriculum's files."""


@content.command("lint")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
def content_lint(language: str) -> None:
    """Check the files against the numbered rules; prints file:line for each finding."""
    from content.reader import lint, load_curriculum, report_findings

    with sentences():
        findings = lint(load_curriculum(settings().content_dir))
    if findings:
        click.echo(report_findings(findings, "zh" if language == "zh" else "en"))
        raise SystemExit(1)
    click.echo("No findings.")


@content.command("report")
def content_report() -> None:
    """Print what the files cover: layers, languages, skills and levels, questions, drills, what is to be confirmed."""
    from content.reader import load_curriculum, report

    with sentences():
        click.echo(report(load_curriculum(settings().content_dir)))


@content.command("sync")
def content_sync() -> None:
    """Load changed modules as new versions; refuses while `lms content lint` finds something."""
    from content.reader import lint, load_curriculum, report_findings
    from lms.features.catalog.service import sync_curriculum

    with owned() as (found, database):
        curriculum = load_curriculum(found.content_dir)
        findings = lint(curriculum)
        if findings:
            raise click.ClickException(
                f"Nothing was loaded: {len(findings)} findings.\n{report_findings(findings, 'en')}"
            )
        with database.writing() as db:
            report = sync_curriculum(db, curriculum, now=_now(), media_dir=found.media_dir)
    counts = f"{len(report.added)} added, {len(report.changed)} changed, {len(report.unchanged)} unchanged"
    click.echo(f"Modules: {counts}.")


@main.group("db")
def database_group() -> None:
    """The database's tables."""


@database_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to what this version expects; makes the database when there is none."""
    from lms.app import open_database
    from lms.db.lock import owning_database
    from lms.db.upgrade import current_revision, upgrade_database

    with sentences():
        found = settings()
        found.data_dir.mkdir(parents=True, exist_ok=True)
        with owning_database(found):
            database = open_database(found)
            upgrade_database(database)
            click.echo(f"The database is at revision {current_revision(database)}.")
            database.close()


@main.group("trail")
def trail_group() -> None:
    """The record of what everybody did; the server may go on."""


@trail_group.command("verify")
@click.option(
    "--head", "heads", multiple=True, metavar="NUMBER:HASH", help="A head noted before; repeatable."
)
def trail_verify(heads: tuple[str, ...]) -> None:
    """Check every row; prints the first one that was changed, deleted or moved, with exit code 1.

    That nothing was cut off at the end shows only against a head that was noted elsewhere."""
    from lms.domain.trail import Head
    from lms.features.trail.verifier import verify

    try:
        noted = [Head.read(text) for text in heads]
    except ValueError as error:
        raise click.ClickException(f"{error}.") from None
    with reading() as db:
        verdict = verify(db, noted)
    click.echo(verdict)
    raise SystemExit(not verdict.is_whole)


@trail_group.command("head")
def trail_head() -> None:
    """Print the end of the trail, to be noted outside of this installation."""
    from lms.features.trail.service import read_head

    with reading() as db:
        click.echo(read_head(db))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-key", is_flag=True, help="Leave the signing key out.")
def backup(file: Path, without_key: bool) -> None:
    """Write database, figures, uploads and signing key into one archive (.tar.gz); the server may go on."""
    from lms.db.backup import write_backup

    with sentences():
        click.echo(write_backup(settings(), file, now=_now(), has_key=not without_key))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the contents of a backup in place; checks them first and keeps the old database aside."""
    from lms.db.lock import owning_database
    from lms.db.restore import restore_backup

    with sentences():
        found = settings()
        with owning_database(found):
            click.echo(restore_backup(found, file, now=_now()))


@main.command()
def doctor() -> None:
    """Tell what is installed, linked, configured, missing, and what follows; exit code 1 if it cannot run."""
    from lms.doctor import examine, report

    with sentences():
        found = examine(settings())
    click.echo(report(found))
    raise SystemExit(any(line.is_bad for line in found))


def _now() -> datetime:
    from lms.ports.clock import SystemClock

    return SystemClock().now()


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


if __name__ == "__main__":
    main()
