from hypothesis import given
from hypothesis import strategies as st

from kieubao.ground.cells import bare, inert

CELLS = st.text(alphabet="=+-@\t\r'1 aồ;", max_size=6)


@given(CELLS)
def test_nothing_is_run(text):
    assert not inert(text).startswith(("=", "-", "@", "\t", "\r"))


@given(CELLS)
def test_what_was_made_inert_comes_back_as_it_was(text):
    assert bare(inert(text)) == text
