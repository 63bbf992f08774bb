"""README shows a picture of each dashboard; Tests/dashboards/write-pictures.py draws them."""

import pytest
from PIL import Image

from conftest import DASHBOARDS, NAMES, ROOT, dashboard
from renderer.sheet import Sheet


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_has_a_small_picture_of_each(name):
    path = DASHBOARDS / "pictures" / f"{name}.png"
    assert path.stat().st_size < 200_000
    assert f"(dashboards/pictures/{name}.png)" in (ROOT / "README.md").read_text()
    title = dashboard(name)["title"].split(" / ")[1]
    assert f"![{title}" in (ROOT / "README.md").read_text()
    with Image.open(path) as picture:
        # The sheet has the height of the dashboard's grid: a picture of another layout is an old one.
        below = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard(name)["panels"])
        assert picture.height == Sheet.height_of(below)
