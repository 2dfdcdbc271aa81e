"""A thousand ways to tamper with the trail as the owner of the database could: each is found, named and placed."""

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update

from kieubao.access import roots, service, trail
from kieubao.access.chain import Roots
from kieubao.access.faults import Kind, Where
from kieubao.access.models import AuditEntry, AuditHead, AuditRoot
from kieubao.access.roles import Permission
from kieubao.access.use_case import note, use_case
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.signatures import PublicKeys, SigningKey
from tests.campaigns import later_on
from tests.databases import unguard

MUTATIONS = 1_000
LENGTH, EVERY = 60, 12
ENTRY, HEAD, ROOT = AuditEntry.__table__, AuditHead.__table__, AuditRoot.__table__
COLUMNS = [c.key for c in ENTRY.columns]
KEY = SigningKey.fresh()


@dataclass
class Done:
    """What was done, where, how it may be told, and whether only a witness can tell."""

    kinds: set[Kind]
    first: int
    last: int
    by_witness_alone: bool = False


@use_case(Permission.PERSON_READ)
def look(actor, number):
    note(subject=UUID(int=number), found=number, purpose="đơn 12", ids=[number, "é"], more={"a": None})


@pytest.fixture
def chain(cast):
    """Sixty entries, a root after every twelve, the last entry being about a root; and the triggers are off."""
    for number in range(1, LENGTH + 1):
        if number % EVERY:
            look(cast["clerk"], number)
        else:
            service.witness(cast["protection_officer"], KEY, "42")
    unguard("audit_entry", "audit_head", "audit_root")


def known(witness):
    found = Roots(PublicKeys.from_pem(KEY.public_pem))
    found.add(Where.WITNESS, witness)
    return found


# What an attacker can do, written apart from the service's own code.


def rows():
    return {row.id: dict(row._mapping) for row in db.session.execute(select(ENTRY).order_by(ENTRY.c.id))}


def hashed(row):
    moment = row["at"].astimezone(clock.UTC).isoformat(timespec="microseconds")
    body = {**row, "at": moment, "subject": str(row["subject"]) if row["subject"] else None}
    del body["hash"]
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((row["previous"] + written).encode()).hexdigest()


def put(number, **values):
    db.session.execute(update(ENTRY).where(ENTRY.c.id == number).values(**values))


def rehash(since):
    """Write every hash anew from an entry on; return the end."""
    found, last = rows(), None
    for number, row in found.items():
        if number >= since:
            row["previous"] = last or "0" * 64
            row["hash"] = hashed(row)
            put(number, previous=row["previous"], hash=row["hash"])
        last = row["hash"]
    return {"last": max(found, default=0), "hash": last or "0" * 64}


def set_head(**values):
    db.session.execute(update(HEAD).values(**values))


def drop_roots(since=0):
    db.session.execute(delete(ROOT).where(ROOT.c.entry >= since))


def renumber(since, by):
    db.session.execute(text("UPDATE audit_entry SET id = -id WHERE id >= :since"), {"since": since})
    db.session.execute(text("UPDATE audit_entry SET id = -id + :by WHERE id < 0"), {"by": by})


def period(number):
    """The entries between two roots that an entry is among."""
    return (number - 1) // EVERY * EVERY, -(-number // EVERY) * EVERY


def other(chance, column, row):
    """Another value than a column has."""
    return {
        "id": lambda: chance.choice([0, -7, LENGTH + 1, LENGTH + 90, 2**40]),
        "at": lambda: row["at"] + timedelta(microseconds=chance.choice([1, -1, 10**7])),
        "actor_id": lambda: chance.choice([None, (row["actor_id"] or 0) + 1]),
        "role": lambda: chance.choice(["admin", row["role"] + " ", row["role"].upper()]),
        "organisation_id": lambda: chance.choice([None, 99]),
        "action": lambda: "people.search",
        "purpose": lambda: chance.choice([None, "", "đơn 13"]) if row["purpose"] else "đơn",
        "subject": lambda: chance.choice([None, UUID(int=4711)]) if row["subject"] else UUID(int=1),
        "found": lambda: (row["found"] or 0) + 1,
        "outcome": lambda: "forbidden",
        "details": lambda: {**row["details"], "one": "more"},
        "previous": lambda: chance.choice(["0" * 64, row["hash"], "f" * 64]) if row["id"] > 1 else "f" * 64,
        "hash": lambda: chance.choice([row["previous"], "", row["hash"].upper()]),
    }[column]()


# Each takes the chance and the rows as they were, tampers, and says what it did.


def edit(chance, found, column):
    number = chance.randint(1, LENGTH)
    put(number, **{column: other(chance, column, found[number])})
    return Done({Kind.EDITED}, number, number)


def edit_and_hash_one(chance, found):
    number = chance.randint(1, LENGTH - 1)
    put(number, found=4711)
    put(number, hash=hashed({**found[number], "found": 4711}))
    return Done({Kind.REHASHED}, number, number)


def take_out(chance, found):
    first = chance.randint(1, LENGTH - 1)
    last = chance.randint(first, min(LENGTH - 1, first + 5))
    db.session.execute(delete(ENTRY).where(ENTRY.c.id.between(first, last)))
    if chance.random() < 0.5:
        renumber(last + 1, first - last - 1)
    return Done({Kind.DELETED}, first, last)


def swap(chance, found):
    one, two = sorted(chance.sample(range(1, LENGTH + 1), 2))
    for was, is_now in ((one, -two), (two, -one), (-two, two), (-one, one)):
        put(was, id=is_now)
    return Done({Kind.SWAPPED}, one, two)


def swap_inside(chance, found):
    one, two = sorted(chance.sample([n for n in found if n % EVERY], 2))
    for number, source in ((one, two), (two, one)):
        put(number, subject=found[source]["subject"], found=found[source]["found"])
    return Done({Kind.EDITED}, one, one)


def slip_in(chance, found):
    number = chance.randint(1, LENGTH)
    renumber(number, 1)
    row = {**chance.choice(list(found.values())), "id": number, "action": "people.nothing"}
    if chance.random() < 0.5:
        row["previous"] = found[number - 1]["hash"] if number > 1 else "0" * 64
        row["hash"] = hashed(row)
    db.session.execute(insert(ENTRY).values(**row))
    return Done({Kind.INSERTED}, number, number)


def add_on(chance, found):
    row = {**chance.choice(list(found.values())), "id": LENGTH + 1, "previous": found[LENGTH]["hash"]}
    if chance.random() < 0.5:
        row["hash"] = hashed(row)
    db.session.execute(insert(ENTRY).values(**row))
    return Done({Kind.INSERTED}, LENGTH + 1, LENGTH + 1)


def add_before(chance, found):
    number = -chance.randint(0, 9)
    db.session.execute(insert(ENTRY).values(**{**chance.choice(list(found.values())), "id": number}))
    return Done({Kind.INSERTED}, number, number)


def cut(chance, found, cover=0):
    """`cover`: 1 the head is moved, 2 the roots of what is cut are taken out too."""
    first = LENGTH + 1 - chance.randint(1, LENGTH)
    db.session.execute(delete(ENTRY).where(ENTRY.c.id >= first))
    if cover:
        set_head(last=first - 1, hash=found[first - 1]["hash"] if first > 1 else "0" * 64)
    if cover == 2:
        drop_roots(first - 1)
    return Done({Kind.CUT}, first, first, by_witness_alone=cover == 2)


def rewrite(chance, found, cover=0):
    """`cover`: 1 the head is written anew, 2 the roots from there on are taken out, and the entries about them gone."""
    number = chance.choice([n for n in found if n % EVERY])
    put(number, found=4711, outcome="done")
    if cover == 2:
        db.session.execute(update(ENTRY).where(ENTRY.c.action == "access.witness").values(action="people.read"))
        drop_roots()
        number = min(number, EVERY)
    end = rehash(number)
    if cover:
        set_head(**end)
    first, last = period(number)
    return Done({Kind.REHASHED}, first + 1, last, by_witness_alone=cover == 2)


def move_head(chance, found):
    set_head(last=LENGTH + chance.choice([-3, 5]))
    return Done({Kind.EDITED}, LENGTH, LENGTH)


def change_heads_hash(chance, found):
    set_head(hash=chance.choice(["0" * 64, found[7]["hash"]]))
    return Done({Kind.REHASHED}, LENGTH, LENGTH)


def forge_root(chance, found):
    """A root is changed, written by another's key, or spelled in another way."""
    number = chance.choice([n - 1 for n in found if n % EVERY == 0])
    line = db.session.scalar(select(ROOT.c.line).where(ROOT.c.entry == number))
    end = (number, found[number]["hash"])
    forged = chance.choice(
        [
            line.replace("kieubao-root 42", "kieubao-root 38"),
            line[:-5] + "AAAAA",
            roots.sign(SigningKey.fresh(), "42", end, None, clock.now()).line,
            "kieubao-root",
        ]
    )
    db.session.execute(update(ROOT).where(ROOT.c.entry == number).values(line=forged))
    return Done({Kind.FORGED}, 0, number)


def lose_root(chance, found):
    number = chance.choice([n - 1 for n in found if n % EVERY == 0])
    db.session.execute(delete(ROOT).where(ROOT.c.entry == number))
    return Done({Kind.MISSING}, number, number)


WAYS = {
    **{f"edit {column}": partial(edit, column=column) for column in COLUMNS},
    "edit one and hash it": edit_and_hash_one,
    "take out": take_out,
    "swap": swap,
    "swap what is in them": swap_inside,
    "slip in": slip_in,
    "add on": add_on,
    "add before": add_before,
    "cut": cut,
    "cut, head moved": partial(cut, cover=1),
    "cut, head moved, roots gone": partial(cut, cover=2),
    "re-hash all": rewrite,
    "re-hash all, head too": partial(rewrite, cover=1),
    "re-hash all, head too, roots gone": partial(rewrite, cover=2),
    "move the head": move_head,
    "change the head's hash": change_heads_hash,
    "forge a root": forge_root,
    "lose a root": lose_root,
}


def names(done, verdict):
    return any(
        fault.kind in done.kinds and fault.first <= done.last and done.first <= fault.last for fault in verdict.faults
    )


@later_on("postgresql")
@pytest.mark.timeout(300)
def test_a_thousand_mutations_are_found_named_and_placed(chain, capsys):
    found, witness = rows(), trail.lines()
    tally, missed = Counter(), []
    for turn in range(MUTATIONS):
        way = list(WAYS)[turn % len(WAYS)]
        done = WAYS[way](random.Random(f"{way} {turn}"), found)
        db.session.flush()
        alone, seen = trail.verify(known([])), trail.verify(known(witness))
        db.session.rollback()
        right = names(done, seen) and (alone.whole if done.by_witness_alone else names(done, alone))
        tally[way] += right
        missed += [] if right else [(way, turn, done, alone.faults, seen.faults)]
    untouched = trail.verify(known(witness))
    told = [f"{db.engine.dialect.name}: {sum(tally.values())} of {MUTATIONS} mutations found, named and placed"]
    told += [f"  {way}: {count}" for way, count in tally.items()]
    with capsys.disabled():
        print("\n" + "\n".join(told))  # noqa: T201 - its tally is what the test is for
    assert missed == []
    assert (untouched.entries, untouched.faults, untouched.vouched) == (LENGTH, (), LENGTH - 1)
