"""The application, for gunicorn and the `flask` command."""

import os

from config import Config
from kieubao import create_app, journal

# Whatever is made here, the database, its log and its jobs, an export, is for the service's own account alone.
os.umask(0o077)
journal.begin()

app = create_app(Config)
