"""The roof: the one place where every part of kieubao meets."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from kieubao import cli, http, journal, pages, problems
from kieubao.access import api as access_api
from kieubao.access import session
from kieubao.access import web as access_web
from kieubao.consent import api as consent_api
from kieubao.db import db
from kieubao.ground.ciphers import Keyring
from kieubao.outreach import api as outreach_api
from kieubao.outreach import web as outreach_web
from kieubao.people import api as people_api
from kieubao.people import web as people_web

API = (access_api, consent_api, people_api, outreach_api)
WEB = (pages, access_web, people_web, outreach_web)
NEEDED = ("SECRET_KEY", "KEYS")


def create_app(config: Any) -> Flask:
    """Make the application. Raises RuntimeError where a secret is missing: there is no default for one."""
    app = Flask(__name__)
    app.config.from_object(config)
    missing = [name for name in NEEDED if not app.config.get(name)]
    if missing:
        raise RuntimeError(f"set KIEUBAO_{' and KIEUBAO_'.join(missing)}; docs/configuration.md says how")
    app.extensions["kieubao.keyring"] = Keyring.from_json(app.config["KEYS"])
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    # What is written in a statement's place never stands in a log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    Migrate(app, db, directory=str(Path(app.root_path).parent / "migrations"))
    journal.init_app(app)
    session.init_app(app)
    http.init_app(app)
    problems.init_app(app)
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    Bootstrap5(app)
    _serve_api(app, CSRFProtect(app))
    for module in WEB:
        app.register_blueprint(module.bp)
    cli.init_app(app)
    return app


def _serve_api(app: Flask, csrf: CSRFProtect) -> None:
    api = http.Api(app)
    for module in API:
        csrf.exempt(module.bp)
        api.register_blueprint(module.bp, url_prefix="/api/v1")
