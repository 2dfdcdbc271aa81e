"""What `make test` asks of a long proof is a part of it; `make test-slow` asks the rest."""

import pytest


def later_on(kind):
    """Run a test on the other database now, and on this one in the long campaigns."""
    (now,) = {"sqlite", "postgresql"} - {kind}
    return pytest.mark.parametrize("database", [now, _slow(kind)], indirect=True)


def some(values, now):
    """Return some parameters, of which those that are not in `now` are for the long campaigns alone."""
    return [one if one in now else _slow(one) for one in values]


def _slow(value):
    return pytest.param(*(value if isinstance(value, tuple) else [value]), marks=pytest.mark.slow)
