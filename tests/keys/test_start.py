"""The service does not start where its keys lie open."""

import json

import pytest

from kieubao.db import data_folder
from tests.databases import KEYS, application


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path


def start(folder, place, mode=0o600, **settings):
    kept = folder / place / "keys.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(KEYS)
    kept.chmod(mode)
    return application(f"sqlite:///{folder}/data/kieubao.sqlite", KEYS_FILE=kept, **settings)


@pytest.mark.parametrize("https", [True, False])
def test_keys_in_the_databases_folder_stop_it(folder, https):
    with pytest.raises(RuntimeError, match="lies in the database's folder"):
        start(folder, "data", HTTPS=https)
    assert start(folder, "keys", HTTPS=https)


def test_the_made_up_province_keeps_its_own_in_one_folder(folder):
    assert start(folder, "data", DEMO=True)


@pytest.mark.parametrize("demo", [True, False])
def test_keys_that_others_may_read_stop_it(folder, demo):
    with pytest.raises(RuntimeError, match="others may read"):
        start(folder, "keys", 0o640, DEMO=demo)


def test_a_keyring_that_is_none_stops_it():
    ring = json.loads(KEYS)
    del ring["current"]["field"]
    with pytest.raises(RuntimeError, match=r"KIEUBAO_KEYS: “current\.field” has to name a key"):
        application("sqlite://", KEYS=json.dumps(ring))


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("sqlite:////srv/kieubao/a.sqlite", "/srv/kieubao"),
        ("sqlite:///a.sqlite", "/instance"),
        ("sqlite:///sub/a.sqlite", "/instance/sub"),
        ("sqlite://", None),
        ("postgresql://a@b/c", None),
    ],
)
def test_where_a_database_keeps_its_file(url, inside, tmp_path):
    found = data_folder(url, tmp_path / "instance")
    assert (found and str(found)) == (inside and inside.replace("/instance", f"{tmp_path}/instance"))
