"""What is done every night: registrations that were decided long ago go."""

from kieubao.db import db, writing
from kieubao.registrations import arrived
from kieubao.walls import Sight, confined


def tidy() -> None:
    """Remove what is known of registrations that were decided long ago."""
    with confined(Sight(everyone=True)):
        writing()
        arrived.drop_old()
        db.session.commit()
