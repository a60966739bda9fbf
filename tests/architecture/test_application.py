"""Guards of the running application: declared permissions, and what a page loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from lms.domain.permissions import RULES, Actor, Permission, is_allowed
from lms.web.permissions import check_every_route_declares, public, requires
from tests.architecture.tree import ROOT

HEAVY = ("sklearn", "torch", "sentence_transformers", "scipy", "statsmodels", "transformers", "huey")
SERVE_A_PAGE = """
import json, sys
from pathlib import Path
from lms.app import create_app, open_database
from lms.config import read_settings
from lms.db.upgrade import upgrade_database
settings = read_settings()
settings.data_dir.mkdir(parents=True, exist_ok=True)
database = open_database(settings)
upgrade_database(database)
client = create_app(settings, database=database).test_client()
answers = [client.get(path).status_code for path in ("/", "/sign-in", "/curriculum")]
database.close()
print(json.dumps({"answers": answers, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


def test_a_route_that_declares_nothing_stops_the_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", view_func=public(lambda: "x"), endpoint="open")
    app.add_url_rule("/own", view_func=requires(Permission.HOME_VIEW)(lambda: "x"), endpoint="own")
    check_every_route_declares(app)
    app.add_url_rule("/silent", view_func=lambda: "x", endpoint="silent")
    with pytest.raises(RuntimeError, match="/silent"):
        check_every_route_declares(app)


def test_every_permission_has_a_rule_and_nothing_else_is_allowed() -> None:
    assert set(RULES) == set(Permission)
    nobody = Actor(0, "", "zh", None, is_personalised=False, is_signed_in=False)
    row = type("Row", (), {"learner_id": 0})()
    assert [p for p in Permission if is_allowed(nobody, p, row)] == []


def test_no_page_loads_the_libraries_of_models(tmp_path: Path) -> None:
    """scikit-learn costs seconds and a model 450 MB: a web thread has neither (architecture.md §1)."""
    environment = {**os.environ, "LMS_DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
    environment.pop("LMS_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", SERVE_A_PAGE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["answers"] == [302, 200, 302]
    assert sorted(set(HEAVY) & set(facts["modules"])) == []
