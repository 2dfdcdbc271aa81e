"""A file of the trail says what it holds, holds no more than was asked for, and is looked at by its first line."""

import io
import json

import pytest

from kieubao.access import exports, roots, service, trail
from kieubao.access.chain import Roots
from kieubao.access.faults import Where
from kieubao.access.roots import GENESIS, Root
from kieubao.ground.errors import Invalid
from kieubao.ground.signatures import SigningKey

KEY = SigningKey.fresh()


@pytest.fixture
def written(cast, tmp_path):
    """Write a span of a trail of seven entries; the third and the fifth are what its two roots vouch for."""
    for _time in range(3):
        service.whoami(cast["clerk"])
    service.witness(cast["protection_officer"], KEY, "42")
    service.whoami(cast["clerk"])
    service.witness(cast["protection_officer"], KEY, "42")
    service.whoami(cast["clerk"])

    def write(first, last, **told):
        sink = io.BytesIO()
        assert exports.write(sink, "42", (first, last), **told) == last - first + 1
        (tmp_path / "file").write_bytes(sink.getvalue())
        return tmp_path / "file", [json.loads(line) for line in sink.getvalue().splitlines()]

    return write


def vouching(lines):
    return [Root.read(line["root"]).entry for line in lines if "root" in line]


def test_the_first_line_says_what_the_file_holds(written):
    for first, last in ((1, 7), (3, 5)):
        _file, lines = written(first, last)
        ends = {"previous": trail.at(first - 1).hash, "hash": trail.at(last).hash}
        assert lines[0] == {"kieubao": "audit", "office": "42", "first": first, "last": last, **ends}
        assert [line["id"] for line in lines if "id" in line] == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("span", "roots_of"),
    [((1, 7), [3, 5]), ((1, 4), [3]), ((1, 3), [3]), ((4, 7), [3, 5]), ((5, 7), [5]), ((6, 6), [5]), ((7, 7), [])],
)
def test_a_part_holds_the_roots_that_vouch_for_it_and_is_whole_with_every_other(written, span, roots_of):
    file, lines = written(*span)
    assert vouching(lines) == roots_of
    known = Roots()
    known.add(Where.WITNESS, trail.lines())
    alone, seen = exports.verify(file, Roots()), exports.verify(file, known)
    assert (alone.whole, seen.whole, alone.vouched) == (True, True, max(roots_of, default=span[0] - 1))


def test_who_waits_hears_how_many_of_how_many(written, monkeypatch):
    monkeypatch.setattr(trail, "PAGE", 2)
    for act in (
        lambda heard: written(2, 7, progress=heard),
        lambda heard: exports.verify(written(2, 7)[0], Roots(), heard),
    ):
        heard = []
        act(lambda *told: heard.append(told))  # noqa: B023
        assert heard == [(2, 6), (4, 6), (6, 6)]


def test_a_whole_trail_begins_from_nothing_whatever_its_file_says(written):
    """Else it could be written anew from another beginning, and hashed anew, and be whole."""
    file, _lines = written(1, 7)
    said = file.read_bytes()
    file.write_bytes(said.replace(GENESIS.encode(), b"f" * 64, 1))
    assert exports.verify(file, Roots()).whole
    file.write_bytes(said.replace(GENESIS.encode(), b"f" * 64))
    assert exports.verify(file, Roots()).broken_at == 1


@pytest.mark.parametrize("line", [b"[]", b"1", b"null", b'"x"', b"["])
def test_a_line_that_is_no_entry_is_told_of(written, line):
    file, lines = written(1, 7)
    said = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([*said[:-1], line, b""]))
    assert exports.verify(file, Roots()).broken_at == lines[-1]["id"]


def test_another_file_is_refused_by_its_field(tmp_path):
    (tmp_path / "x").write_bytes(b"{}\n")
    with pytest.raises(Invalid) as refused:
        exports.verify(tmp_path / "x", Roots())
    assert refused.value.field == "file"
    assert roots.kept(tmp_path / "none") == []
