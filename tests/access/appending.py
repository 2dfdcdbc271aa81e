"""What a process of its own runs to leave lines in a trail."""

from concurrent.futures import ThreadPoolExecutor

from kieubao.access.models import Account
from kieubao.access.roles import Permission
from kieubao.access.session import actor_for
from kieubao.access.use_case import note, use_case
from kieubao.db import db
from tests.databases import application


@use_case(Permission.PERSON_READ)
def leave(actor, number):
    note(found=number)


def main(url, *numbers):
    account, threads, each = map(int, numbers)
    app = application(url)
    with app.app_context():
        actor = actor_for(db.session.get_one(Account, account))

    def write(thread):
        with app.app_context():
            for number in range(thread * each, (thread + 1) * each):
                leave(actor, number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))
