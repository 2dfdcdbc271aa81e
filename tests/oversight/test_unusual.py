"""Each rule sees what is at its threshold, and stays silent one below it."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kieubao.ground import clock
from kieubao.oversight import unusual
from kieubao.oversight.days import Act, Day, Known, Reader, firsts, runs
from kieubao.oversight.thresholds import THRESHOLDS
from kieubao.oversight.vocabulary import RULES, SAYS, Rule
from kieubao.people.traits import Traits, of_name

MONDAY = date(2026, 11, 16)
MORNING = datetime.combine(MONDAY, time(9), clock.HANOI)
ME, OTHER = 7, 8
PEOPLE = [uuid4() for _ in range(200)]


def act(number, *, minutes=0.0, account=ME, action="people.read", on=MORNING, **more):
    return Act(number, on + timedelta(minutes=minutes), account, action, subject=PEOPLE[number], **more)


def opened(count, *, apart=11.0, **more):
    return [act(number, minutes=apart * number, **more) for number in range(count)]


def seen(acts, known=None, *, before=()):
    days = [*before, Day(MONDAY, acts)]
    return {(one.rule, one.account, one.count) for one in unusual.seen(days, known or Known())}


def rules(acts, known=None, **more):
    return {rule for rule, _account, _count in seen(acts, known, **more)}


def traits(count, family="biện", branch="", communes=("18673",)):
    return {
        subject: Traits(f"KB-{number:04}", family, branch, communes[number % len(communes)])
        for number, subject in enumerate(PEOPLE[:count])
    }


def at_least(rule):
    return THRESHOLDS[rule].at_least


def test_nothing_is_seen_where_nothing_was_done():
    assert seen([]) == set()
    assert rules(opened(9)) == set()


@pytest.mark.parametrize("rule", [Rule.OWN_NAME, Rule.OWN_BRANCH])
def test_ones_own_name_beyond_chance(rule):
    count = at_least(rule)
    known = Known(
        traits=traits(count, "biện", "biện thu"),
        readers={ME: Reader("clerk", "biện", "biện thu"), OTHER: Reader("clerk", "lê", "lê thu")},
        share_of_name=lambda _account, _name: 0.001,
    )
    assert (rule, ME, count) in seen(opened(count), known)
    assert rule not in rules(opened(count - 1), known)
    assert rule not in rules(opened(count, account=OTHER), known)
    worked = [act(number, minutes=11.0 * number + 1, action="people.amend") for number in range(count)]
    assert rule not in rules([*opened(count), *worked], known)
    known.share_of_name = lambda _account, _name: 0.38
    assert rule not in rules(opened(count), known)


def test_ones_own_name_over_the_days_of_a_week_but_not_of_two():
    known = Known(traits=traits(3), readers={ME: Reader("clerk", "biện")}, share_of_name=lambda _account, _name: 0.001)
    earlier = [Day(MONDAY - timedelta(days=7 - n), [act(n, on=MORNING - timedelta(days=7 - n))]) for n in range(2)]
    sunday = Day(MONDAY + timedelta(days=6), [act(2, on=MORNING + timedelta(days=6))])
    this_week = [Day(MONDAY + timedelta(days=n), [act(n, on=MORNING + timedelta(days=n))]) for n in range(2)]
    assert Rule.OWN_NAME not in {one.rule for one in unusual.seen([*earlier, sunday], known)}
    assert Rule.OWN_NAME in {one.rule for one in unusual.seen([*this_week, sunday], known)}


def test_one_commune_unless_it_is_ones_habit_or_ones_scope():
    count = at_least(Rule.ONE_COMMUNE)
    known = Known(traits=traits(count), share_of_commune=lambda _account, _commune: 0.015)
    assert (Rule.ONE_COMMUNE, ME, count) in seen(opened(count), known)
    assert Rule.ONE_COMMUNE not in rules(opened(count - 1), known)
    known.habits = {ME: [(20, count)] * THRESHOLDS[Rule.ONE_COMMUNE].times}
    assert Rule.ONE_COMMUNE not in rules(opened(count), known)
    known.habits, known.share_of_commune = {}, lambda _account, _commune: 1.0
    assert Rule.ONE_COMMUNE not in rules(opened(count), known)


def test_a_family_is_walked_through():
    count = at_least(Rule.KIN)
    chain = {PEOPLE[n]: {PEOPLE[m] for m in (n - 1, n + 1) if 0 <= m < count} for n in range(count)}
    known = Known(kin=chain)
    assert (Rule.KIN, ME, count) in seen(opened(count, apart=5), known)
    assert Rule.KIN not in rules(opened(count - 1, apart=5), known)
    assert Rule.KIN not in rules(opened(count, apart=THRESHOLDS[Rule.KIN].minutes + 1), known)
    assert Rule.KIN not in rules(opened(count, apart=5), Known(kin={}))


def test_one_person_opened_by_many():
    count = at_least(Rule.MANY_READERS)
    readers = [act(0, minutes=n, account=n) for n in range(1, count + 1)]
    assert (Rule.MANY_READERS, None, count) in seen(readers)
    assert Rule.MANY_READERS not in rules(readers[1:])
    assert Rule.MANY_READERS not in rules([*readers, act(0, minutes=60, account=1, action="people.record_consent")])


def test_codes_in_their_order():
    count = at_least(Rule.IN_ORDER)
    known = Known(traits=traits(count))
    assert (Rule.IN_ORDER, ME, count) in seen(opened(count, apart=1), known)
    assert Rule.IN_ORDER in rules([act(n, minutes=count - n) for n in range(count - 1, -1, -1)], known)
    assert Rule.IN_ORDER not in rules(opened(count - 1, apart=1), known)
    mixed = [act(n * 7 % count, minutes=m) for m, n in enumerate(range(count))]
    assert Rule.IN_ORDER not in rules(mixed, known)


def test_many_with_little_time_between():
    limit = THRESHOLDS[Rule.RAPID]
    fast, slow = limit.minutes / limit.at_least, limit.minutes / (limit.at_least - 2)
    assert (Rule.RAPID, ME, limit.at_least) in seen(opened(limit.at_least, apart=fast))
    assert Rule.RAPID not in rules(opened(limit.at_least, apart=slow))
    assert Rule.RAPID not in rules(opened(limit.at_least - 1, apart=fast))
    again = [act(n % 5, minutes=n / 100) for n in range(100)]
    assert Rule.RAPID not in rules(again)


@pytest.mark.parametrize(
    ("on", "is_seen"),
    [("2026-11-16T20:00", True), ("2026-11-16T19:54", False), ("2026-11-16T05:50", True), ("2026-11-16T06:00", False),
     ("2026-11-21T10:00", True), ("2026-11-22T10:00", True)],
)  # fmt: skip
def test_nights_and_days_off_in_viet_nams_time(on, is_seen):
    at = datetime.fromisoformat(on).replace(tzinfo=clock.HANOI)
    count = at_least(Rule.OFF_HOURS)
    late = opened(count, apart=1, on=at)
    days = [Day(at.date(), late)]
    assert (Rule.OFF_HOURS in {one.rule for one in unusual.seen(days, Known())}) == is_seen
    fewer = [Day(at.date(), late[1:])]
    assert Rule.OFF_HOURS not in {one.rule for one in unusual.seen(fewer, Known())}


def test_volume_against_ones_own_habit_and_ones_peers():
    count = at_least(Rule.VOLUME)
    readers = {ME: Reader("clerk"), OTHER: Reader("clerk"), 9: Reader("approver")}
    many = opened(count, apart=3)
    assert (Rule.VOLUME, ME, count) in seen(many, Known(readers=readers))
    assert Rule.VOLUME not in rules(many[1:], Known(readers=readers))
    busy, calm = [(20, 0)] * 5, [(5, 0)] * 5
    assert Rule.VOLUME not in rules(many, Known(readers=readers, habits={ME: busy}))
    assert Rule.VOLUME not in rules(many, Known(readers=readers, habits={ME: calm, OTHER: busy}))
    assert Rule.VOLUME in rules(many, Known(readers=readers, habits={ME: calm, 9: busy}))
    assert Rule.VOLUME in rules(many, Known(readers=readers, habits={ME: busy[1:]}))


@pytest.mark.parametrize("outcome", ["forbidden", "not-found", "some-new-limit"])
def test_refusals_pile_up_and_slips_do_not(outcome):
    count = at_least(Rule.REFUSED)
    tries = [Act(n, MORNING, ME, "people.read", outcome) for n in range(count)]
    assert (Rule.REFUSED, ME, count) in seen(tries)
    assert Rule.REFUSED not in rules(tries[1:])
    assert Rule.REFUSED not in rules([Act(n, MORNING, ME, "people.amend", "invalid") for n in range(count)])


def test_the_same_terms_on_different_days():
    count = at_least(Rule.REPEATED)
    searches = [Act(n, MORNING - timedelta(days=n), ME, "people.search", terms="f") for n in range(count)]
    assert (Rule.REPEATED, ME, count) in seen([], Known(sought={(ME, "f"): searches}))
    assert Rule.REPEATED not in rules([], Known(sought={(ME, "f"): searches[1:]}))
    same_day = [Act(n, MORNING, ME, "people.search", terms="f") for n in range(50)]
    assert Rule.REPEATED not in rules([], Known(sought={(ME, "f"): same_day}))


def test_a_sighting_is_filed_under_who_and_when():
    (one,) = unusual.refused(
        [Day(MONDAY, [Act(n, MORNING, ME, "people.read", "forbidden") for n in range(10)])], Known()
    )
    assert one.key == "refused:7:2026-11-16"


def test_first_openings_stand_in_the_order_they_were_made():
    acts = [act(0), act(1, minutes=1), act(0, minutes=2)]
    assert [one.subject for one in firsts(acts)] == PEOPLE[:2]
    assert max(map(len, runs([], {}))) == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["dau", "quoc", "minh"], ("dau", "dau quoc")),
        (["le", "van", "tam"], ("le", "")),
        (["vo", "thi", "thu", "ha"], ("vo", "vo thi thu")),
        (["tam"], ("", "")),
        ([], ("", "")),
    ],
)
def test_the_family_and_the_branch_of_a_name(words, found):
    assert of_name(words) == found


@pytest.mark.parametrize(
    ("case", "likely"),
    [((2, 3, 0.5), 0.5), ((3, 3, 1.0), 1.0), ((1, 9, 0.0), 0.0), ((0, 9, 0.3), 1.0), ((900, 2000, 0.4), 0.0)],
)
def test_how_likely_it_is_by_chance(case, likely):
    assert unusual.chance(*case) == pytest.approx(likely, abs=1e-4)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_rule_has_a_threshold_a_reason_and_words(language):
    assert set(THRESHOLDS) == set(Rule) == set(RULES.codes) == set(SAYS.codes)
    for rule, limit in THRESHOLDS.items():
        assert str(limit.at_least) in limit.says(rule, language)
        assert limit.why
        assert "{" not in limit.says(rule, language)


def test_the_page_of_the_desk_shows_every_threshold():
    page = (Path(__file__).parents[2] / "docs/oversight.md").read_text("utf-8")
    rows = [
        f"| `{rule}` {RULES.label(rule)} | {limit.says(rule, 'en')} | {limit.why} |"
        for rule, limit in THRESHOLDS.items()
    ]
    assert "\n".join(rows) in page
    assert page.count("\n| `") == len(rows) + 4
