"""Make the pictures of the README from the real chat over the articles in seeds/: ``python docs/screenshots.py``.

Needs Playwright and a Chromium on the PATH. Every picture is what a reader sees after typing the question.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
QUESTION = "鄢陵县公安局大走访专项活动累计出动警力多少人次?"
WIDE = {"width": 1360, "height": 860}
PHONE = {"width": 390, "height": 844}


def main() -> None:
    """Open the chat over a fresh library and take every picture."""
    PICTURES.mkdir(exist_ok=True)
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with chat() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        answered(browser, url, "chat", viewport=WIDE)
        answered(browser, url, "chat-dark", viewport=WIDE, color_scheme="dark")
        answered(browser, url, "phone", viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)
        looked(browser, url)
        browser.close()


@contextmanager
def chat() -> Iterator[str]:
    """Serve a library of seeds/ on a free port; yield its address."""
    wenju = [sys.executable, "-m", "qa.app.cli"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*wenju, "add", "seeds", "--library", folder], cwd=ROOT, check=True, capture_output=True)
        serving = [*wenju, "serve", "--library", folder, "--port", "0"]
        with subprocess.Popen(serving, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "http://" in line)
            yield next(word for word in line.split() if word.startswith("http://"))
            server.terminate()


def opened(browser: Browser, url: str, **options: object) -> Page:
    """Open the chat in a browser of its own and wait until it is ready."""
    page = browser.new_context(locale="zh-CN", **options).new_page()
    page.goto(url)
    page.wait_for_selector("#wj-offers .wj-try")
    return page


def answered(browser: Browser, url: str, name: str, **options: object) -> None:
    """Take a picture of the question answered."""
    page = opened(browser, url, **options)
    page.locator("#wj-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".wj-card .wj-headline")
    page.locator("#wj-question textarea").blur()
    settled(page, name)


def looked(browser: Browser, url: str) -> None:
    """Take a picture of the figures of all articles."""
    page = opened(browser, url, viewport=WIDE)
    page.get_by_role("tab", name="数字").click()
    page.wait_for_selector("#wj-figures table")
    settled(page, "figures")


def settled(page: Page, name: str) -> None:
    """Wait until nothing moves any more, then take the picture."""
    page.wait_for_timeout(1500)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
