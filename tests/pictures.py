"""Make the README's picture anew from the sample year: `python -m tests.pictures` (needs Chromium)."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from seed.demo_accounts import SAMPLE_PASSWORD

TARGET = Path(__file__).resolve().parent.parent / "seed" / "pictures" / "ringkasan.png"
SIZE = {"width": 1440, "height": 900}


def main() -> None:
    """Start the sample on a free port, sign in as a leader, and take the picture of the overview."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("patuh")), "demo", "--port", str(port)]
        server = subprocess.Popen(command, env={**os.environ, "PATUH_DATA": folder})
        try:
            _await(f"{address}/healthz")
            _take(address)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(address: str) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)


def _take(address: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, locale="id-ID")
        page.goto(f"{address}/masuk")
        page.fill("input[name=username]", "pimpinan")
        page.fill("input[name=password]", SAMPLE_PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector(".js-plotly-plot >> nth=2", timeout=30_000)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        TARGET.parent.mkdir(exist_ok=True)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
