"""The application, for gunicorn and the `flask` command."""

from config import Config
from kieubao import create_app, journal

journal.begin()

app = create_app(Config)
