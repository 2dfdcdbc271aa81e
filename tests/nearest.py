"""Of a mutant, the nearest tests first: most are missed there, and soon. Hooks that conftest takes in.

MUTANT_UNDER_TEST names one, as `kieubao.consent.rules.x__any__mutmut_3`; without it nothing is done. One that no test
misses within WITHIN seconds counts as alive.
"""

import os
import time

import pytest

WITHIN = 45
_ENDS = []


def _mutant():
    name = os.environ.get("MUTANT_UNDER_TEST", "")
    return name.split(".")[1:3] if "__mutmut_" in name else None


def _far(item, package, room):
    near = (f"tests/{package}/test_{room}.py", f"tests/{package}/")
    return next((place for place, path in enumerate(near) if item.nodeid.startswith(path)), len(near))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    if mutant := _mutant():
        _ENDS.append(time.monotonic() + WITHIN)
        items.sort(key=lambda item: _far(item, *mutant))


def pytest_runtest_protocol(item):
    """Pass over what is left when the time is over: to answer is to have run it."""
    return True if _ENDS and time.monotonic() > _ENDS[-1] else None
