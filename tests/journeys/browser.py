"""Debian's Chromium, and a page that notices everything that should not happen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE, DESKTOP = 390, 1440
HEIGHTS = {360: 800, PHONE: 844, DESKTOP: 900}
SECONDS = 15
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser.

    :raises RuntimeError: there is none, or no font with Chinese characters: tests would pass over boxes
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("no Chromium: apt-get install chromium fonts-wqy-microhei")
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, timeout=60, check=True)
    if not fonts.stdout.strip():
        raise RuntimeError("no font with Chinese characters: apt-get install fonts-wqy-microhei")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visitor(
    browser: Browser,
    url: str,
    *,
    width: int,
    language: str,
    has_script: bool = True,
    is_dark: bool = False,
    bypass_csp: bool = False,
) -> Iterator[Visitor]:
    """Somebody with a browser of their own; leaving checks that nothing went wrong on the way."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": HEIGHTS[width]},
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        java_script_enabled=has_script,
        color_scheme="dark" if is_dark else "light",
        has_touch=width < 800,
        bypass_csp=bypass_csp,
        reduced_motion="reduce",
    )
    context.set_default_timeout(SECONDS * 1000)
    person = Visitor(context, url, language)
    try:
        yield person
        person.check()
    finally:
        context.close()


class Visitor:
    """A page, the language its reader reads, and what went wrong on it."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context = context
        self.language = language
        self.problems: list[str] = []
        self.expected: set[int] = set()
        self._url = url
        context.add_init_script(REPORT_VIOLATIONS)
        self.page = context.new_page()
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note(f"error in a script: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfailed", self._on_failure)
        page.on("dialog", lambda dialog: self._note(f"a dialog: {dialog.message}"))

    def _note(self, text: str) -> None:
        self.problems.append(f"{self.page.url}: {text}")

    def _on_console(self, message: ConsoleMessage) -> None:
        is_announced = any(f"status of {code}" in message.text for code in self.expected)
        if message.type in ("error", "warning") and not is_announced:
            self._note(f"console {message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self._url + "/", "data:", "blob:")):
            self._note(f"asks another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self._note(f"{response.status} from {response.url}")

    def _on_failure(self, request: Request) -> None:
        if request.failure and "ABORTED" not in request.failure:
            self._note(f"no answer from {request.url}: {request.failure}")

    def check(self) -> None:
        """Fail with what went wrong so far."""
        assert self.problems == [], "\n".join(self.problems)

    def visit(self, path: str) -> None:
        self.page.goto(path, wait_until="load")

    def evaluate(self, script: str) -> Any:
        return self.page.evaluate(script)
