"""A witness is read whatever else somebody wrote into it, and is found where it is kept."""

import pytest

from kieubao.access import roots
from kieubao.ground.errors import Invalid


def test_remarks_and_blanks_of_a_witness_are_not_its_lines(tmp_path):
    witness = tmp_path / "w"
    assert roots.kept(witness) == []
    witness.write_bytes("# in ngày 3/1, ông Hòa giữ\n\n  \none\n# \xff\ntwo\n".encode("latin-1", "replace"))
    assert roots.kept(witness) == ["one", "two"]


def test_what_is_no_text_in_a_witness_is_a_line_that_is_no_root(tmp_path):
    witness = tmp_path / "w"
    witness.write_bytes(b"one\n\xff\xfe\n")
    assert roots.kept(witness) == ["one", "��"]


def test_a_witness_is_a_file_or_an_offices_own_in_a_folder(tmp_path):
    assert roots.place(tmp_path / "w", "42") == tmp_path / "w"
    assert roots.place(tmp_path, "42") == tmp_path / "kieubao-42.roots"
    with pytest.raises(Invalid) as refused:
        roots.place(tmp_path / "not-mounted" / "w", "42")
    assert refused.value.field == "where"


def test_a_witness_is_only_added_to(tmp_path):
    witness = tmp_path / "w"
    for line in ("one", "two"):
        roots.extend(witness, [line])
    assert witness.read_text() == "one\ntwo\n"
