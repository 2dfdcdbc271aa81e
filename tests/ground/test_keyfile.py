"""The keyring's file: guarded before the service starts, taken up when it is replaced, and replaced whole."""

import os
from pathlib import Path

import pytest

from kieubao.ground import keyfile
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict
from kieubao.ground.keyfile import Held
from kieubao.ground.keys import Kind

RING = Keyring.fresh()


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(RING.to_json())
    path.chmod(0o600)
    return path


@pytest.fixture
def held(kept):
    return Held(kept.read_text(), kept)


def more(ring=RING):
    return ring.adding(Kind.FIELD)[1]


def test_a_keyring_comes_from_a_file_the_environment_or_a_command(kept, monkeypatch):
    monkeypatch.setenv("SOME_KEYS", RING.to_json())
    for source in (f"file:{kept}", "env:SOME_KEYS", f"command:cat {kept}"):
        assert Keyring.from_json(keyfile.read(source)) == RING
    assert keyfile.read("") == ""
    assert keyfile.path(f"file:{kept}") == kept
    assert keyfile.path("env:SOME_KEYS") is None


@pytest.mark.parametrize("source", ["file:/none", "file:/dev", "env:NO_SUCH_KEYS", "command:echo secret; exit 3"])
def test_where_nothing_can_be_read_is_told_without_what_was(source):
    kind = source.split(":")[0]
    with pytest.raises(RuntimeError, match=f"nothing can be read from this {kind}") as refused:
        keyfile.read(source)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("source", ["/etc/keys.json", '{"keys": 1}', "vault:x"])
def test_keys_come_no_other_way(source):
    with pytest.raises(RuntimeError, match="has to be"):
        keyfile.read(source)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o755])
def test_keys_that_others_may_read_are_refused(kept, mode):
    kept.chmod(mode)
    with pytest.raises(RuntimeError, match="chmod 600"):
        keyfile.guard(kept, None)


@pytest.mark.parametrize("place", [".", "keys", "deep/er"])
def test_keys_beside_the_data_are_refused(tmp_path, place):
    folder = tmp_path / "data"
    kept = folder / place / "keys.json"
    kept.parent.mkdir(parents=True)
    kept.touch(mode=0o600)
    with pytest.raises(RuntimeError, match="keep it elsewhere"):
        keyfile.guard(kept, folder)
    keyfile.guard(kept, tmp_path / "other")


def test_a_link_hides_neither_the_place_nor_the_mode(tmp_path, kept):
    folder = tmp_path / "data"
    folder.mkdir()
    inside = folder / "keys.json"
    kept.rename(inside)
    link = tmp_path / "link.json"
    link.symlink_to(inside)
    with pytest.raises(RuntimeError, match="keep it elsewhere"):
        keyfile.guard(link, folder)
    inside.chmod(0o644)
    with pytest.raises(RuntimeError, match="chmod"):
        keyfile.guard(link, None)


def test_a_ring_that_is_none_is_named_at_the_start():
    with pytest.raises(RuntimeError, match="KIEUBAO_KEYS: The keyring needs “keys”"):
        Held("{}")


def test_a_replaced_file_is_taken_up(kept, held):
    held.refresh()
    ring = more()
    other = kept.with_suffix(".new")
    other.write_text(ring.to_json())
    other.replace(kept)
    assert held.ring == RING
    held.refresh()
    assert held.ring == ring


def test_no_thread_goes_on_with_the_old_ring_while_another_takes_the_new_one_up(kept, held, monkeypatch):
    held.refresh()
    ring = more()
    kept.write_text(ring.to_json())
    read, seen = keyfile.Keyring.from_json, []

    def slowly(text):
        if not seen:
            seen.append("another thread begins")
            held.refresh()
            seen.append(held.ring)
        return read(text)

    monkeypatch.setattr(keyfile.Keyring, "from_json", slowly)
    held.refresh()
    assert seen[1] == held.ring == ring


def test_a_file_replaced_before_the_first_look_is_taken_up(kept):
    text = kept.read_text()
    ring = more()
    kept.write_text(ring.to_json())
    held = Held(text, kept)
    held.refresh()
    assert held.ring == ring


@pytest.mark.parametrize("wrong", ["{", "gone", b"\xff"])
def test_a_file_that_is_wrong_is_told_of_once_and_changes_nothing(kept, held, caplog, wrong):
    held.refresh()
    if wrong == "gone":
        kept.unlink()
    else:
        kept.write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode())
    held.refresh()
    held.refresh()
    assert held.ring == RING
    (told,) = caplog.records
    assert str(kept) in told.getMessage()
    kept.write_text(more().to_json())
    held.refresh()
    assert held.ring != RING


def test_a_ring_without_a_file_is_as_it_was_given():
    held = Held(RING.to_json())
    held.refresh()
    assert held.ring == RING
    with pytest.raises(Conflict, match="leave --write out"):
        held.replace(more())


def test_a_file_is_replaced_whole_and_for_its_owner_alone(kept, held):
    before = kept.stat()
    os.chown(kept, 65534, 65534) if os.geteuid() == 0 else None
    owner = kept.stat().st_uid
    ring = more()
    held.replace(ring)
    after = kept.stat()
    assert held.ring == ring == Keyring.from_json(kept.read_text())
    assert (after.st_mode & 0o777, after.st_uid) == (0o600, owner)
    assert after.st_ino != before.st_ino
    assert [path.name for path in kept.parent.iterdir()] == ["keys.json"]


def test_a_link_to_the_file_stays_a_link(tmp_path, kept):
    link = tmp_path / "link.json"
    link.symlink_to(kept)
    Held(kept.read_text(), link).replace(more())
    assert link.is_symlink()
    assert len(Keyring.from_json(kept.read_text()).keys) == 4


def test_a_file_that_somebody_else_changed_is_left(kept, held):
    other = more()
    kept.write_text(other.to_json())
    with pytest.raises(Conflict, match="in the meantime"):
        held.replace(more())
    assert Keyring.from_json(kept.read_text()) == other


def test_a_ring_that_cannot_be_written_leaves_the_old_and_no_scrap(kept, held, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", full)
    with pytest.raises(Conflict, match="No space"):
        held.replace(more())
    assert Keyring.from_json(kept.read_text()) == RING
    assert list(Path(kept.parent).iterdir()) == [kept]
