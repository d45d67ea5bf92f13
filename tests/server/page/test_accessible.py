"""Each view in both themes, wide and narrow: nothing that axe-core objects to, nothing cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import needs_browser

if TYPE_CHECKING:
    from tests.support.page import Page

pytestmark = [needs_browser, pytest.mark.xdist_group("page")]
VIEWS = ("speak", "files", "history", "review", "settings")
READY = {
    "speak": ".commits .commit", "files": ".zone", "history": ".history [role=status]",
    "review": ".patch", "settings": ".settings fieldset",
}  # fmt: skip


def test_the_colours_of_code_have_contrast(page: Page) -> None:
    page.open("review")
    page.write(".review form input", "main..coloured")
    page.browser.press("Enter")
    page.until_text(".line .k", "import")
    assert page.text("ins .s") == '"calls"'
    for scheme in ("light", "dark"):
        page.browser.show(1280, scheme)
        assert page.violations() == [], scheme


def test_no_view_has_a_violation(page: Page) -> None:
    page.open()
    for view in VIEWS:
        page.go(view)
        page.browser.until(f"document.querySelector('{READY[view]}')")
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                page.browser.show(width, scheme)
                assert page.violations() == [], (view, scheme, width)
    assert page.browser.complaints == []


@pytest.mark.parametrize("width", [360, 1280, 3840])
def test_nothing_is_wider_than_the_window(page: Page, width: int) -> None:
    page.open(width=width)
    for view in VIEWS:
        page.go(view)
        page.browser.until(f"document.querySelector('{READY[view]}')")
        assert page.browser.run("document.documentElement.scrollWidth - innerWidth") <= 0, view


def test_a_screen_reader_gets_words_when_they_are_final(page: Page) -> None:
    page.open()
    roles = dict(page.browser.accessible())
    assert "log" in roles
    assert "meter" in roles
    attributes = page.browser.run(
        "[...document.querySelectorAll('.live > *')].map(one => [one.role, one.ariaHidden])"
    )
    assert attributes == [["log", None], [None, "true"]]
