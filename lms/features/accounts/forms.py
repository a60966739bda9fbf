"""What people send to the account pages, as typed values with errors by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.features.taxonomy.queries import RoleRow
from lms.web.text import gettext as _
from lms.web.urls import safe_next

TOKEN = re.compile(r"[\w-]{40,64}")
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignInForm:
    """Name, password exactly as typed, and where to go afterwards."""

    name: str
    password: str = field(repr=False)
    next: str

    @classmethod
    def read(cls, form: Mapping[str, str], query: Mapping[str, str]) -> SignInForm:
        return cls(form.get("name", ""), form.get("password", ""), safe_next(query.get("next", "")))


@dataclass
class PasswordForm:
    """The present password and twice the new one."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    repeated: str = field(repr=False)
    next: str
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str], query: Mapping[str, str]) -> PasswordForm:
        target = safe_next(query.get("next", ""), default="")
        return cls(form.get("current", ""), form.get("new", ""), form.get("repeated", ""), target)

    def check(self) -> bool:
        """Whether both new ones are the same."""
        if self.new != self.repeated:
            self.errors["repeated"] = _("The two new passwords differ. Enter the new one twice.")
        return not self.errors


@dataclass
class ProfileForm:
    """Language and job role."""

    language: str
    role_id: int | None
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str], roles: Sequence[RoleRow]) -> ProfileForm:
        """The values, with an error for what no list on the page offers."""
        errors = {}
        language, role = form.get("language", ""), form.get("role_id", "")
        if language not in ("zh", "en"):
            errors["language"] = _("Choose one of the languages in the list.")
        if role and role not in {str(row.role_id) for row in roles}:
            errors["role_id"] = _("Choose one of the roles in the list.")
        return cls(language, int(role) if role and "role_id" not in errors else None, errors)


def device_label(user_agent: str) -> str:
    """A browser in words its owner knows, "Chrome · Windows"; empty when it says nothing."""
    found = [
        next((label for mark, label in table if mark in user_agent), "") for table in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(filter(None, found))


def device_token(cookie: str | None) -> str:
    """The browser's long-lived token, empty when there is none of our making."""
    return cookie if cookie and TOKEN.fullmatch(cookie) else ""
