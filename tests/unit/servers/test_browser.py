"""The page in a browser: its style and its script are let in by its policy, keys and the brush do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from searchkit.servers.web.app import Application
from searchkit.servers.web.table import Serving
from tests.unit.servers.asgi import Client
from tests.unit.servers.chromium import HOME, PROGRAM, Chromium

pytestmark = pytest.mark.skipif(not PROGRAM, reason="Chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def browser(reading, tmp_path_factory) -> Iterator[Chromium]:
    made = Chromium(Client(Application(reading, Serving(log=False))), tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


def test_style_and_script_are_let_in_and_nothing_else_is_asked_for(browser):
    browser.open("/?q=" + quote("大桥"))
    assert browser.see("document.documentElement.className") == "with-script"
    assert browser.see("getComputedStyle(document.body).margin") == "0px"
    assert browser.told == []
    assert all(each.startswith(HOME + "/") for each in browser.asked)


def test_keys_go_from_hit_to_hit_and_open_one(browser):
    browser.open("/?q=" + quote("大桥"))
    browser.press("j")
    browser.press("j")
    second = browser.see("document.querySelectorAll('.hit h3 a')[1].getAttribute('href')")
    assert browser.see("document.activeElement.getAttribute('href')") == second
    browser.open("", lambda: browser.press("o"))
    assert browser.see("location.pathname + location.search") == second
    browser.open("/?q=" + quote("大桥"))
    browser.press("/")
    assert browser.see("document.activeElement.id") == "q"
    browser.press("j")
    assert browser.see("document.activeElement.value") == "j", "what is typed is text"
    browser.press("Escape")
    browser.press("j")
    assert browser.see("document.querySelectorAll('.hit')[0].classList.contains('at')")
    browser.open("", lambda: browser.press("?"))
    assert browser.see("location.pathname") == "/help"
    browser.open("", lambda: browser.press("/"))
    for _ in range(100):  # the box takes the focus with a frame, which may come after the load
        if focused := browser.see("document.activeElement.id"):
            break
    assert (browser.see("location.pathname"), focused) == ("/", "q")


def test_a_bar_that_has_the_focus_is_seen(browser):
    browser.open("/?q=" + quote("大桥"))
    browser.see("[...document.querySelectorAll('[data-brush] a')].find(it => it.tabIndex === 0).focus()")
    browser.press("Shift")  # the keyboard is in use
    stroke = "getComputedStyle(document.activeElement.querySelector('.ground')).stroke"
    assert browser.see(f"document.activeElement.matches('svg a') && {stroke}") not in (False, "none")


def test_searching_and_reading_need_no_script(browser):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open("/?q=" + quote("大桥"))
        page = browser.call("DOM.getDocument")["root"]["nodeId"]

        def found(selector):
            return browser.call("DOM.querySelectorAll", nodeId=page, selector=selector)["nodeIds"]

        assert found(".hit h3 a") and found("svg [data-start]") and found("form.search button[type=submit]")
        assert not found("html.with-script")
        target = browser.call("DOM.getAttributes", nodeId=found(".hit h3 a")[0])["attributes"][1]
        browser.open(target)
        page = browser.call("DOM.getDocument")["root"]["nodeId"]
        assert found("article .text p mark")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def drag(browser, x, y, is_there):
    """Move to a point until the page says that it was told: on a busy machine a movement comes frames later."""
    for _ in range(100):
        browser.mouse("mouseMoved", x, y, held=True)
        said = browser.see("document.querySelector('.span').textContent")
        if is_there(said):
            break
    return said


def test_dragging_across_the_timeline_asks_for_its_days(browser):
    browser.open("/")
    box = browser.see(
        "(r => [r.left, r.top, r.width, r.height])(document.querySelector('[data-brush]').getBoundingClientRect())"
    )
    left, top, width, height = box
    first, last = browser.see(
        "(b => [b[0].dataset.start, b.at(-1).dataset.end])([...document.querySelectorAll('[data-brush] a')])"
    )
    middle = top + height / 2
    browser.mouse("mousePressed", left + 2, middle, held=True)
    said = drag(browser, left + width / 2, middle, lambda said: said)
    assert said.startswith(first)
    drag(browser, left + width - 2, middle, lambda said: said.endswith(last))
    browser.open("", lambda: browser.mouse("mouseReleased", left + width - 2, middle))
    assert browser.see("new URLSearchParams(location.search).get('on')") == f"{first}..{last}"
    assert browser.see("document.querySelectorAll('.chips li').length") == 1


@pytest.mark.parametrize(
    "target", ["/", "/?q=大桥", "/article/bridge?q=大桥", "/compare?a=大桥&b=长江", "/help?lang=zh-TW"]
)
def test_nothing_is_wider_than_a_telephone(browser, target):
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    try:
        browser.open(quote(target, safe="/?&="))
        assert browser.see("document.documentElement.scrollWidth") <= 360
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")
