"""The application, for gunicorn and the `flask` command."""

from config import Config
from kieubao import create_app

app = create_app(Config)
