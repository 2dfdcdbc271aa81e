import random

from kieubao.intake.roster import Stood


def test_everybody_stands_where_they_were_put_first_or_last():
    stood, known, chance = Stood(4), {}, random.Random(1)
    for row in range(1, 20_000):
        who = (f"nguyen {chance.randrange(12_000)}", None)
        assert stood.row(who) == known.get(who)
        stood.stand(who, row)
        known[who] = row
    assert all(stood.row(who) == row for who, row in known.items())
    assert stood.row(("nobody", None)) is None


def test_who_would_have_the_same_place_has_another():
    stood = Stood(8)
    for row, who in enumerate((8, 16, 24, -8, 0), 1):
        stood.stand(who, row)
    assert [stood.row(who) for who in (8, 16, 24, -8, 0, 32)] == [1, 2, 3, 4, 5, None]
