"""Whoever is on a page is told which room it is in."""

import re

import pytest

from tests.pages.province import addresses, furnish, reader

# In no room: the first page, help, what is about jobs of whichever, and what people see who were sent a link.
APART = re.compile(r"/(jobs(/.*)?|guide(/.*)?|[prw]/.*)?$")


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("app")
def test_the_menu_says_in_which_room_a_page_is(client):
    province = furnish()
    lost = {}
    for role, address in addresses(province.codes):
        # Whoever has not typed their code yet is in no room either.
        if APART.fullmatch(address) or role == "newcomer":
            continue
        page = reader(client, role).get(address)
        menu = page.text.partition('class="rooms"')[2].partition("</nav>")[0]
        if page.status_code == 200 and page.mimetype == "text/html" and menu.count("aria-current") != 1:
            lost[role, address] = menu.count("aria-current")
    assert lost == {}
