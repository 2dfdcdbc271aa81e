"""What is done every night: what was not said once more in time is forgotten."""

from kieubao.db import db, writing
from kieubao.texts import waiting
from kieubao.walls import Sight, confined


def tidy() -> None:
    with confined(Sight(everyone=True)):
        writing()
        waiting.drop_late()
        db.session.commit()
