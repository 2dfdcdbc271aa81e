"""A browser, and kieubao as it is served: CSRF on, a real port, nothing reached but itself."""

import shutil
import threading
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from kieubao.db import db
from tests.databases import application
from tests.signing import BY_LINK, kept

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync")
ALONE = ("--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": [*QUIET, *ALONE]}


@dataclass
class Served:
    """The service at an address, and what its pages were seen to do wrong."""

    app: Flask
    browser: Browser
    url: str
    wrong: list[str] = field(default_factory=list)

    def page(self, username: str | None = None, width: int = 1366, height: int = 768, *, script: bool = True) -> Page:
        """Open a window of its own, signed in where a name is given."""
        shows = {"viewport": {"width": width, "height": height}, "locale": "vi-VN", "java_script_enabled": script}
        page = self.browser.new_context(base_url=self.url, **shows).new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith((self.url, "data:")) else self.wrong.append(asked.url)
        )
        if username:
            page.context.add_cookies([self.cookie(username)])
            page.goto("/mine" if username in BY_LINK else "/")
        return page

    def cookie(self, username: str) -> dict[str, str]:
        """What a browser keeps of a session, opened for an account, or of a visit."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        return {"name": "kieubao", "value": serializer.dumps(kept(username)), "url": self.url}


@pytest.fixture
def served(database, browser):
    app = application(database, WTF_CSRF_ENABLED=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # By its name: there are no passkeys at an address.
    app.config["ORIGIN"] = f"http://localhost:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with app.app_context():
        yield Served(app, browser, app.config["ORIGIN"])
        server.shutdown()
        thread.join()
        server.server_close()
        db.session.remove()
        db.engine.dispose()
