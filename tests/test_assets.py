"""What is static is kept by its digest and travels compressed; a page does neither."""

import gzip
import re

import pytest


def addresses(client):
    return re.findall(r'(?:href|src)="(/[^"]*static/[^"]+)"', client.get("/sign-in").text)


def test_each_is_kept_for_a_year_by_what_it_is(client):
    assert len(addresses(client)) >= 3
    for address in addresses(client):
        assert re.search(r"\?v=[0-9a-f]{16}$", address)
        answer = client.get(address, buffered=True)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        for other in (address.partition("?")[0], f"{address}0"):
            assert client.get(other, buffered=True).headers["Cache-Control"] == "public, max-age=3600"


def test_a_text_is_packed_for_who_can_unpack_it(client):
    for address in addresses(client):
        plain, packed = (
            client.get(address, headers={"Accept-Encoding": some}, buffered=True) for some in ("", "br, gzip")
        )
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
        assert {one.headers["Vary"] for one in (plain, packed)} == {"Accept-Encoding"}


@pytest.mark.parametrize("address", ["/sign-in", "/static/none.css"])
def test_a_page_is_neither_kept_nor_packed(client, address):
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers


def test_a_first_view_is_light(client):
    page = client.get("/sign-in")
    sent = [client.get(one, headers={"Accept-Encoding": "gzip"}, buffered=True).data for one in addresses(client)]
    assert len(page.data) + sum(map(len, sent)) < 150_000
