"""What a browser has to do with the pages a clerk works on: `python -m bench.browser`.

Of each page what its first view weighs over the wire, whether anything moved once it was drawn (the sum of layout
shifts), and, while a form is typed into, the longest task that kept the page from answering.
"""

import shutil
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from bench.databases import KEYS
from tests.databases import SQLite, application
from tests.pages.conftest import ALONE, QUIET, Served
from tests.pages.province import furnish

_WATCHED = """() => { window.seen = { moved: 0, longest: 0 };
  const watch = (type, told) =>
    new PerformanceObserver((list) => list.getEntries().forEach(told)).observe({ type, buffered: true });
  watch("layout-shift", (one) => { if (!one.hadRecentInput) window.seen.moved += one.value; });
  watch("longtask", (one) => { window.seen.longest = Math.max(window.seen.longest, one.duration); }); }"""
_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.transferSize, 0) / 1024"""
_FORM = ("/persons/new", "#f-name", "#f-born", "#f-home", "#f-city", "#f-source")


def _typed(page: Page) -> None:
    for field, text in zip(_FORM[1:], ("Đặng Thị Hòa", "14081968", "Xã Cẩm Xuyên", "Praha", "phiếu 12"), strict=True):
        page.locator(field).press_sequentially(text, delay=60)
        page.keyboard.press("Tab")
    page.wait_for_timeout(1_500)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = application(SQLite(Path(folder)).copy(), WTF_CSRF_ENABLED=True, KEYS=KEYS)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        app.config["ORIGIN"] = f"http://localhost:{server.port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*QUIET, *ALONE])
        with app.app_context():
            codes, served = furnish().codes, Served(app, browser, app.config["ORIGIN"])
            print(f"{'kB':>6}{'moved':>8}{'longest task ms':>17}  page")
            for address in (
                "/",
                "/persons",
                f"/persons/{codes['hoa']}",
                f"/lists/{codes['draft']}",
                "/figures",
                _FORM[0],
            ):
                # A view that is the first: nothing is known from another page.
                page = served.page()
                page.context.add_cookies([served.cookie("clerk")])
                page.add_init_script(f"({_WATCHED})()")
                page.goto(address)
                page.wait_for_load_state("networkidle")
                weight = page.evaluate(_WEIGHT)
                if address == _FORM[0]:
                    _typed(page)
                seen = page.evaluate("window.seen")
                print(f"{weight:6.0f}{seen['moved']:8.4f}{seen['longest']:17.0f}  {address}")
        server.shutdown()


if __name__ == "__main__":
    main()
