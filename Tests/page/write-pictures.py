"""Takes the pictures of the page that README shows, during the demo's outage of a zone:

    .venv/bin/python Tests/page/write-pictures.py SIMULATOR [FOLDER]

Takes a minute. With a FOLDER, all that are worth a look go there: before and during the outage, narrow, at 400 %.
"""

import os
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

from conftest import NARROW, ROOT, ZONE, Demo

WIDE = {"width": 1280, "height": 1000}


def take(browser, url, file, scheme="light", size=WIDE, scale=1, whole=False):
    context = browser.new_context(color_scheme=scheme, viewport=size, device_scale_factor=scale)
    page = context.new_page()
    page.goto(url)
    page.screenshot(path=file, full_page=whole)
    context.close()


def main(simulator, folder=None):
    pictures = pathlib.Path(folder) if folder else ROOT / "deploy" / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    # With the applications of the story, of which nothing happens within the hour.
    demo = Demo(simulator, "--pace", "1h")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"])
            for moment in ("before", "during"):
                if moment == "during":
                    demo.lose_zone()
                for scheme in ("light", "dark"):
                    if folder:
                        take(browser, demo.url, pictures / f"{moment}-{scheme}.png", scheme)
                    elif moment == "during":
                        take(browser, demo.url, pictures / f"page-{scheme}.png", scheme)
                if folder:
                    take(browser, demo.url, pictures / f"{moment}-whole.png", whole=True)
                    take(browser, demo.url, pictures / f"{moment}-narrow.png", size={"width": 390, "height": 844})
                    # A window of 1,280 pixels at 400 % has 320 of them.
                    take(browser, demo.url, pictures / f"{moment}-400-percent.png", size=NARROW, scale=4)
                    take(browser, f"{demo.url}/zone/{ZONE}", pictures / f"{moment}-zone.png", whole=True)
            browser.close()
    finally:
        demo.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
