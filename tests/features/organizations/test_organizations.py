"""The tree of organisations, and who works where."""

from __future__ import annotations

from datetime import date

import pytest

from lms.db.transaction import Database
from lms.features.organizations.models import OrganizationKind as Kind
from lms.features.organizations.queries import EnterpriseRow, enterprise_of, list_employee_ids, name_words
from lms.features.organizations.service import WrongPlaceInTree, create_organization, employ
from lms.features.taxonomy.models import Industry
from tests.factories.accounts import make_user

MONDAY = date(2026, 11, 23)


def test_the_enterprise_stands_above_the_department(database: Database) -> None:
    with database.writing() as db:
        db.add(Industry(slug="trade", position=1, name_zh="外贸", name_en="Trade"))
        db.flush()
        top = create_organization(db, kind=Kind.DISTRICT, name_zh="区", name_en="District")
        part = create_organization(
            db, kind=Kind.SUBDISTRICT, name_zh="街道", name_en="Subdistrict", parent_id=top.id
        )
        firm = create_organization(
            db, kind=Kind.ENTERPRISE, name_zh="远帆", name_en="Farsail", parent_id=part.id, industry="trade"
        )
        office = create_organization(
            db, kind=Kind.DEPARTMENT, name_zh="单证部", name_en="Documents", parent_id=firm.id
        )
        desk = create_organization(
            db, kind=Kind.DEPARTMENT, name_zh="一组", name_en="Desk", parent_id=office.id
        )
        wu, li, he = (make_user(db, name).id for name in ("wu.min", "li.wei", "he.jun"))
        employ(db, user_id=wu, organization_id=desk.id, started_on=MONDAY)
        employ(db, user_id=li, organization_id=firm.id, started_on=MONDAY)
        expected = EnterpriseRow(firm.id, "远帆", "Farsail", "trade")
        assert enterprise_of(db, wu) == enterprise_of(db, li) == expected
        assert enterprise_of(db, he) is None
        assert name_words(db, wu) == ("远帆", "Farsail")
        assert name_words(db, he) == ()
        assert list_employee_ids(db, part.id, on=MONDAY) == [wu, li]
        assert list_employee_ids(db, office.id, on=MONDAY) == [wu]
        assert list_employee_ids(db, top.id, on=date(2026, 11, 22)) == []


def test_who_works_there_already_keeps_the_row(database: Database) -> None:
    with database.writing() as db:
        district = create_organization(db, kind=Kind.DISTRICT, name_zh="区", name_en="District")
        wu = make_user(db).id
        first = employ(db, user_id=wu, organization_id=district.id, started_on=MONDAY)
        assert employ(db, user_id=wu, organization_id=district.id, started_on=date(2026, 12, 1)) is first
        first.ended_on = date(2026, 11, 30)
        assert employ(db, user_id=wu, organization_id=district.id, started_on=date(2026, 12, 1)) is not first


@pytest.mark.parametrize("kind", [Kind.SUBDISTRICT, Kind.ENTERPRISE, Kind.DEPARTMENT])
def test_only_a_district_stands_alone(kind: Kind, database: Database) -> None:
    with database.writing() as db, pytest.raises(WrongPlaceInTree):
        create_organization(db, kind=kind, name_zh="一", name_en="One")


def test_a_department_does_not_stand_below_a_district(database: Database) -> None:
    with database.writing() as db:
        district = create_organization(db, kind=Kind.DISTRICT, name_zh="区", name_en="District")
        with pytest.raises(WrongPlaceInTree):
            create_organization(db, kind=Kind.DEPARTMENT, name_zh="部", name_en="Part", parent_id=district.id)
