"""What is published of a quarter: counted from the trail alone, signed, and telling of nobody."""

import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from kieubao.access import service as access
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, TooMany
from kieubao.ground.signatures import PublicKeys, SigningKey
from kieubao.police import approval, figures, office, service, works
from kieubao.police.vocabulary import Delay, Ground, Item, Need
from kieubao.worker import looked
from tests import factories
from tests.police import asking
from tests.police.asking import asked, at, desk, filed, gives, one, released

BEGUN = datetime(2026, 7, 6, 5, 0, tzinfo=UTC)
KEY = SigningKey.fresh()
NUMBERS = count(1)


@pytest.fixture
def d(app, monkeypatch):
    app.config["SIGNING_KEY"] = KEY.to_pem()
    with at(monkeypatch, BEGUN):
        yield desk()
    app.config["SIGNING_KEY"] = None


def another(d):
    """The next officer: one asks no more than five times a day."""
    d.officer = factories.actor("police", organisation=asking.POLICE, name=f"Cán bộ {next(NUMBERS)}")


def a_quarter(d, monkeypatch):
    """What a desk does in a quarter, of every kind; return nothing, for the trail has it."""
    dao = factories.person(born="1968")
    for number in range(12):
        another(d)
        with at(monkeypatch, BEGUN + timedelta(days=number)):
            released(d, dao, items=("name",)) if number < 2 else service.file(d.officer, asked(one("Nguyễn")))
            service.file(d.officer, asked(need=Need.OFFENCE, offence="123"))
    another(d)
    with at(monkeypatch, BEGUN + timedelta(days=13)):
        code = filed(d)
        office.decide(d.protection, code, [gives(dao, items=("country",))], (Delay.LIFE, "bị đe dọa"))
        approval.approve(d.chief, code)
        service.open(d.officer, code)
        office.renew(d.protection, code, "vẫn bị đe dọa")
        approval.approve_renewal(d.other_chief, code)
        office.complain(d.protection, code, clock.today(), "không đúng")
        approval.answer_complaint(d.other_chief, code, upheld=True, words="đúng")
        other = filed(d)
        office.decide(d.protection, other, [gives(dao)], None)
        declined = service.file(d.officer, asked())["code"]
        service.not_endorse(d.head, declined)
        service.file(d.officer, asked())
        service.file(d.officer, asked())
        with pytest.raises(TooMany):
            service.file(d.officer, asked())
        with pytest.raises(Conflict):
            service.endorse(d.head, declined)
    with at(monkeypatch, BEGUN + timedelta(days=60)):
        works.attend()


def exported(d):
    """The trail as anybody may have it checked: its entries, as they stand in its export."""
    sink = io.BytesIO()
    access.export_trail(d.protection, sink, "42")
    entries = [json.loads(line) for line in sink.getvalue().splitlines()]
    return [entry for entry in entries if "action" in entry]


# By the act alone, or by what it says.
ACTS = {"approve_renewal": "renewed", "told_by_hand": "told", "complain": "complaints"}
SAYS = {"open": ("view", "shown"), "reply": ("view", "shown"), "approve": ("deferred", "deferred")}
SAYS |= {"answer_complaint": ("upheld", "upheld")}


def recounted(entries):
    """Count what a quarter's entries say, knowing nothing of how the desk counts."""
    found = Counter(dict.fromkeys(figures.names(), 0))
    for entry in entries:
        if entry["action"].startswith("police.") and "2026-07-01" <= entry["at"][:10] < "2026-10-01":
            found.update(said_by(entry["action"].removeprefix("police."), entry["outcome"], entry["details"]))
    return found


def said_by(act, outcome, details):
    if outcome != "done":
        return ["beyond_limits"] * (act in {"file", "enter"} and outcome == "too-many" and "need" in details)
    name, counts_as = SAYS.get(act, ("", ""))
    said = [ACTS.get(act)] + [counts_as] * bool(details.get(name)) + asked_by(details)
    said += ["told"] * (act == "see_told" and details.get("way") == "relay")
    return [one for one in said if one]


def asked_by(details):
    said = ["asked", "need." + details["need"]] if "grounds" in details else []
    said += ["at_once"] * bool(details.get("grounds")) + [
        "disclosure_ground." + one for one in details.get("grounds", [])
    ]
    said += ["disclosure_end." + details["stands"]] if "stands" in details else []
    return said + ["people"] * details.get("people", 0) + ["item." + one for one in details.get("fields", [])]


def test_the_figures_are_what_the_trail_says(d, monkeypatch):
    a_quarter(d, monkeypatch)
    counts = figures.counted(looked(lambda: figures.of(datetime(2026, 7, 1, tzinfo=UTC).date()))[0])
    assert counts == dict(recounted(exported(d)))
    assert (counts["asked"], counts["need.offence"], counts["at_once"], counts["disclosure_ground.vague"]) == (
        29,
        12,
        10,
        10,
    )
    expected = {
        "disclosure_end.released": 3,
        "people": 3,
        "item.name": 2,
        "item.country": 1,
        "disclosure_end.refused": 1,
        "shown": 1,
    }
    expected |= {
        "disclosure_end.not_endorsed": 1,
        "deferred": 1,
        "renewed": 1,
        "complaints": 1,
        "upheld": 1,
        "beyond_limits": 1,
    }
    expected |= {"disclosure_end.silence": 14, "disclosure_end.not_approved": 0, "disclosure_ground.faith": 0}
    assert {name: counts[name] for name in expected} == expected


def test_a_quarter_is_published_by_itself_once_signed_and_for_anybody(d, monkeypatch, client):
    a_quarter(d, monkeypatch)
    with at(monkeypatch, datetime(2026, 9, 30, 16, 59, tzinfo=UTC)):
        works.tidy()
        assert looked(figures.published) == []
    with at(monkeypatch, datetime(2026, 9, 30, 17, 1, tzinfo=UTC)):
        for _ in range(2):
            works.tidy()
        (published,) = looked(figures.published)
        assert looked(figures.due) == []
    assert published["quarter"] == "2026-Q3"
    assert PublicKeys.from_pem(KEY.public_pem).hold(published["key"], published["document"], published["signature"])
    said = json.loads(published["document"])
    last = next(entry for entry in exported(d) if entry["id"] == said["entry"])
    assert (said["office"], said["hash"]) == ("42", last["hash"])
    assert said["figures"] == figures.suppressed(dict(recounted(exported(d))))
    page = client.get("/transparency/2026-Q3").text
    assert published["signature"] in page
    assert "Quý III/2026" in client.get("/transparency").text
    assert client.get("/transparency/2026-Q1").status_code == 404


def test_noughts_are_published_of_a_desk_nobody_asked(d, monkeypatch):
    with at(monkeypatch, datetime(2027, 4, 2, tzinfo=UTC)):
        works.tidy()
        found = looked(figures.published)
    assert [one["quarter"] for one in found] == ["2027-Q1", "2026-Q4", "2026-Q3"]
    assert {*found[0]["figures"].values()} == {0}
    assert [*found[0]["figures"]] == sorted(figures.names())


def test_without_a_key_nothing_is_published(d, app, monkeypatch):
    app.config["SIGNING_KEY"] = None
    with at(monkeypatch, datetime(2027, 4, 2, tzinfo=UTC)):
        works.tidy()
        assert looked(figures.published) == []


def test_of_a_desk_that_was_never_enabled_nothing_is(app):
    assert looked(figures.due) == []
    with pytest.raises(NotFound):
        looked(lambda: figures.one("2026-Q3"))


def counts(**some):
    return dict.fromkeys(figures.names(), 0) | {name.replace("__", "."): count for name, count in some.items()}


def test_fewer_than_ten_are_not_told(app):
    shown = figures.suppressed(counts(asked=30, need__missing=10, need__offence=20, shown=9, people=10, told=1))
    assert {name: shown[name] for name in ("asked", "shown", "people", "told", "upheld")} == {
        "asked": 30,
        "shown": None,
        "people": 10,
        "told": None,
        "upheld": 0,
    }


@pytest.mark.parametrize("few", Need)
@pytest.mark.parametrize("also", [0, 1, 8])
def test_parts_are_not_told_by_the_others(app, few, also):
    """What is left out is ten together, or more: else the sum and the rest would say what it is."""
    parts = {f"need__{need}": 20 + place for place, need in enumerate(Need)} | {f"need__{few}": 1}
    other = next(f"need__{need}" for need in Need if need is not few)
    parts |= {other: also} if also else {}
    shown = figures.suppressed(counts(asked=sum(parts.values()), **parts))
    left_out = [name for name in shown if name.startswith("need.") and shown[name] is None]
    assert f"need.{few}" in left_out
    assert sum(parts[name.replace(".", "__")] for name in left_out) >= 10 or shown["asked"] is None


def test_where_all_else_is_nought_the_sum_is_not_told(app):
    shown = figures.suppressed(counts(asked=5, need__court=5))
    assert (shown["asked"], shown["need.court"]) == (None, None)


def test_everything_there_is_has_a_figure():
    names = {*figures.names()}
    for group, some in (("need", Need), ("disclosure_ground", Ground), ("item", Item)):
        assert {f"{group}.{one}" for one in some} <= names
    # What is refused at once is counted by itself, with its grounds.
    assert "disclosure_end.at_once" not in names


def test_told_by_a_relay_is_what_it_took():
    acts = [("police.see_told", "relay"), ("police.see_told", "hand"), ("police.tell", "relay")]
    assert figures.counted(figures.Act(action, "done", {"way": way}) for action, way in acts)["told"] == 1


def test_an_act_counts_in_its_own_quarter(d, monkeypatch):
    for number in (0, 95, 95):
        with at(monkeypatch, BEGUN + timedelta(days=number)):
            service.file(d.officer, asked())
            access.export_trail(d.protection, io.BytesIO(), "42")
    quarters = [looked(lambda month=month: figures.of(date(2026, month, 1))) for month in (4, 7, 10)]
    assert [figures.counted(acts)["asked"] for acts, _entry, _hash in quarters] == [0, 1, 2]
    # What other rooms did stands in the trail too.
    assert {act.action.partition(".")[0] for acts, _entry, _hash in quarters for act in acts} == {"police"}
    before, here, after = (entry for _acts, entry, _hash in quarters)
    assert before < here < after
