"""The `lms` command: thin, each command calls one service. Slow imports are made where they are needed."""

from __future__ import annotations

from pathlib import Path

import click

from lms.commands.accounts import user
from lms.commands.installation import now, owned, reading, sentences, settings


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
        click.echo(make_demo(database, found, now=now()))


@demo.command("reset")
@click.option("--yes", is_flag=True, help="Also when there are accounts of real people; they are kept.")
def demo_reset(yes: bool) -> None:
    """Remove everything that belongs to the demo and make it anew."""
    from lms.demo import reset_demo

    with owned() as (found, database):
        click.echo(reset_demo(database, found, now=now(), is_confirmed=yes))


main.add_command(user)


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
            report = sync_curriculum(db, curriculum, now=now(), media_dir=found.media_dir)
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
        click.echo(write_backup(settings(), file, now=now(), has_key=not without_key))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the contents of a backup in place; checks them first and keeps the old database aside."""
    from lms.db.lock import owning_database
    from lms.db.restore import restore_backup

    with sentences():
        found = settings()
        with owning_database(found):
            click.echo(restore_backup(found, file, now=now()))


@main.command()
def doctor() -> None:
    """Tell what is installed, linked, configured, missing, and what follows; exit code 1 if it cannot run."""
    from lms.doctor import examine, report

    with sentences():
        found = examine(settings())
    click.echo(report(found))
    raise SystemExit(any(line.is_bad for line in found))


if __name__ == "__main__":
    main()
