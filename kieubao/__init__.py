"""The roof: the one place where every part of kieubao meets."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from kieubao import assets, cli, demo, gate, http, journal, pages, problems, relay, worker, worktime
from kieubao.access import api as access_api
from kieubao.access import session
from kieubao.access import web as access_web
from kieubao.access import works as access_works
from kieubao.access.roles import SYSTEM, Permission
from kieubao.access.use_case import admit
from kieubao.backup import soundness
from kieubao.backup.shelf import Shelf
from kieubao.consent import api as consent_api
from kieubao.consent import web as consent_web
from kieubao.contributions import api as contributions_api
from kieubao.contributions import web as contributions_web
from kieubao.db import data_folder, db, leave
from kieubao.duplicates import api as duplicates_api
from kieubao.duplicates import web as duplicates_web
from kieubao.duplicates import works as duplicates_works
from kieubao.edits import api as edits_api
from kieubao.edits import web as edits_web
from kieubao.edits import works as edits_works
from kieubao.entry import web as entry_web
from kieubao.ground import keyfile
from kieubao.guide import web as guide_web
from kieubao.homes import api as homes_api
from kieubao.homes import web as homes_web
from kieubao.intake import api as intake_api
from kieubao.intake import web as intake_web
from kieubao.intake import works as intake_works
from kieubao.occasions import api as occasions_api
from kieubao.occasions import web as occasions_web
from kieubao.outreach import api as outreach_api
from kieubao.outreach import web as outreach_web
from kieubao.oversight import api as oversight_api
from kieubao.oversight import web as oversight_web
from kieubao.people import api as people_api
from kieubao.people import service as people
from kieubao.people import web as people_web
from kieubao.pins import web as pins_web
from kieubao.plans import api as plans_api
from kieubao.plans import web as plans_web
from kieubao.police import api as police_api
from kieubao.police import lines as police_lines
from kieubao.police import sample as police_sample
from kieubao.police import web as police_web
from kieubao.police import works as police_works
from kieubao.progress import api as progress_api
from kieubao.progress import web as progress_web
from kieubao.registrations import api as registrations_api
from kieubao.registrations import web as registrations_web
from kieubao.registrations import works as registrations_works
from kieubao.responses import api as responses_api
from kieubao.responses import web as responses_web
from kieubao.retention import api as retention_api
from kieubao.retention import web as retention_web
from kieubao.retention import works as retention_works
from kieubao.rights import api as rights_api
from kieubao.rights import web as rights_web
from kieubao.segments import api as segments_api
from kieubao.segments import web as segments_web
from kieubao.texts import api as texts_api
from kieubao.texts import web as texts_web
from kieubao.texts import works as texts_works
from kieubao.todo import Line
from kieubao.visits import api as visits_api
from kieubao.visits import web as visits_web
from kieubao.visits import works as visits_works
from kieubao.workday import lines as workday_lines
from kieubao.workday import web as workday_web

API = (
    *(
        access_api,
        consent_api,
        plans_api,
        people_api,
        homes_api,
        duplicates_api,
        occasions_api,
        outreach_api,
        segments_api,
        responses_api,
        contributions_api,
        oversight_api,
        rights_api,
        intake_api,
        visits_api,
        registrations_api,
        retention_api,
        texts_api,
        police_api,
        edits_api,
    ),
    progress_api,
)
WEB = (
    *(pages, access_web, entry_web, consent_web, people_web, homes_web, outreach_web, segments_web, oversight_web),
    *(plans_web, occasions_web, responses_web, contributions_web, duplicates_web, intake_web, progress_web, rights_web),
    visits_web,
    registrations_web,
    retention_web,
    texts_web,
    pins_web,
    workday_web,
    guide_web,
    police_web,
    edits_web,
)
WORKS: dict[str, worker.Work] = {**access_works.WORKS, **duplicates_works.WORKS, **intake_works.WORKS}
WORKS |= edits_works.WORKS
NIGHTLY = (
    registrations_works.tidy,
    texts_works.tidy,
    retention_works.tend,
    police_works.tidy,
    edits_works.tidy,
    partial(people.scrub, SYSTEM),
    partial(people.count, SYSTEM),
)
SOON = (
    visits_works.attend,
    police_works.attend,
)
LINES: Sequence[Line] = (
    *workday_lines.LINES,
    *police_lines.LINES,
)
SAMPLES: Sequence[worker.Chore] = [
    police_sample.fill,
]
DUTIES = worker.Duties(nightly=NIGHTLY, soon=SOON)
NEEDED = ("SECRET_KEY", "KEYS")


def create_app(config: Any) -> Flask:
    """Make the application.

    Raises RuntimeError where a secret is missing (there is no default for one), or the keys lie open.
    """
    app = Flask(__name__)
    app.config.from_object(config)
    missing = [name for name in NEEDED if not app.config.get(name)]
    if missing:
        raise RuntimeError(f"set KIEUBAO_{' and KIEUBAO_'.join(missing)}; docs/configuration.md says how")
    app.extensions |= {"kieubao.keyring": _keys(app), "kieubao.lines": LINES}
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    # What is written in a statement's place never stands in a log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    if app.config["PROXIES"]:
        # Only so many proxies of the office's own are believed when they say who asks.
        trusted = dict.fromkeys(("x_for", "x_proto"), app.config["PROXIES"])
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    worktime.init_app(app)
    relay.init_app(app)
    db.init_app(app)
    app.teardown_appcontext(leave)
    shelf = Shelf.of(app.config) if app.config.get("BACKUP_FOLDER") else None
    worker.init_app(app, WORKS, DUTIES, partial(soundness.check, shelf))
    Migrate(app, db, directory=str(Path(app.root_path).parent / "migrations"))
    journal.init_app(app)
    _serve_only_sound(app, shelf)
    session.init_app(app)
    files = dict.fromkeys(("intake.receive", "intake_pages.receive"), Permission.INTAKE_RUN)
    files |= dict.fromkeys(("rights.keep_scan", "rights_pages.keep_scan"), Permission.CONSENT_RECORD)
    assets.init_app(app)
    gate.init_app(app, {address: partial(_admit, permission) for address, permission in files.items()})
    http.init_app(app)
    problems.init_app(app)
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    Bootstrap5(app)
    _serve_api(app, CSRFProtect(app))
    for module in WEB:
        app.register_blueprint(module.bp)
    app.add_template_global(demo.codes_now)
    demo.init_app(app, SAMPLES)
    cli.init_app(app)
    return app


def _keys(app: Flask) -> keyfile.Held:
    kept = app.config.get("KEYS_FILE")
    if kept:
        # `make run` keeps everything of its made-up province in one folder.
        demo = app.config.get("DEMO")
        keyfile.guard(kept, None if demo else data_folder(app.config["DATABASE_URL"], Path(app.instance_path)))
    return keyfile.Held(app.config["KEYS"], kept)


def _admit(permission: Permission) -> None:
    admit(session.current_actor(), permission)


def _serve_only_sound(app: Flask, shelf: Shelf | None) -> None:
    """Look once, before the first answer, whether the database is whole; until it is, answer nothing from it."""
    unchecked = [True]

    @app.before_request
    def check() -> None:
        if unchecked:
            soundness.check(shelf)
            unchecked.clear()


def _serve_api(app: Flask, csrf: CSRFProtect) -> None:
    api = http.Api(app)
    for module in API:
        csrf.exempt(module.bp)
        api.register_blueprint(module.bp, url_prefix="/api/v1")
