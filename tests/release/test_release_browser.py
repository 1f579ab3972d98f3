"""What a browser makes of the page. Needs chromium; its absence fails where CI is set."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from remi.release.page import TEMPLATES

# A page cannot measure itself without a script, and the release has none: a frame of a given width
# is measured from a page around it that is used only here.
MEASURE = """<!DOCTYPE html><title>measuring</title>
<iframe id="frame" width="{width}" height="2000" style="border:0" srcdoc=""></iframe><pre></pre>
<script>
const frame = document.getElementById("frame");
frame.onload = () => {{
  const page = frame.contentDocument;
  page.querySelectorAll("details").forEach(one => one.open = true);
  const root = page.documentElement;
  const beyond = [...page.body.querySelectorAll("*")].filter(one =>
    !one.closest(".wide") && one.getBoundingClientRect().right > {width} + 0.5
  ).map(one => one.tagName + "." + one.className);
  document.querySelector("pre").textContent =
    "overflow=" + (root.scrollWidth - root.clientWidth) + " beyond=[" + beyond.join(" ") + "]";
}};
frame.srcdoc = {page};
</script>"""


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("chromium is needed to check the page and is not installed")
    pytest.skip("chromium is not installed")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_runs_off_the_side_of_the_screen(
    chromium: str, files: dict[str, bytes], tmp_path: Path, width: int
) -> None:
    page = files["index.html"].decode("utf-8")
    # The policy of the page would hold for the frame's measuring too.
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    quoted = json.dumps(page).replace("</", "<\\/")
    around = tmp_path / "measure.html"
    around.write_text(MEASURE.format(width=width, page=quoted), encoding="utf-8")
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1600,2200", "--virtual-time-budget=5000", "--dump-dom",
            around.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL).group(1) == (  # type: ignore[union-attr]
        "overflow=0 beyond=[]"
    )


def test_the_page_is_styled_for_paper() -> None:
    assert "size:A4" in (TEMPLATES / "page.css").read_text(encoding="utf-8")
