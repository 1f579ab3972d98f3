"""Published reports: served as they were published, to everybody from their day on, and no other
file of ours with them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from portal_samples import PEOPLE, Running

from remi.release.build import write_release

DONE, NEXT = "2025-26", "2026-27"
"""The report of the first was public on 26 February 2026; of the second it will be a year later."""

STAFF = {"data@collaboration.example", "leader@collaboration.example"}

FILES = {
    "index.html": b"<!DOCTYPE html><title>Report</title><style>p{color:red}</style><p>Report",
    "annual-tables.xlsx": b"PK workbook",
    "data/a01.csv": b"a,b\r\n",
    "data/metadata.json": b"{}",
    "odd.html": b"<script>alert(1)</script>",
}


def publish(running: Running, cycle: str, **more: bytes) -> Path:
    """A release of these files, written as the pipeline writes one."""
    files = {**FILES, **more}
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    manifest = json.dumps({"title": f"Report <{cycle}>", "files": listed}).encode()
    folder = running.portal.workspace.settings.releases
    return write_release({**files, "manifest.json": manifest}, folder, cycle).folder


def get(running: Running, path: str) -> httpx.Response:
    """What somebody gets who is not signed in."""
    with running.browser() as browser:
        return browser.get(path)


def get_exactly(running: Running, path: str) -> tuple[int, bytes]:
    """Status and body for a path that is sent just as it is, as no browser would."""
    connection = HTTPConnection(urlsplit(running.address).netloc, timeout=30)
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_everybody_reads_a_report_and_takes_its_files(running: Running) -> None:
    publish(running, DONE)
    listed = get(running, "/releases")
    assert "Report &lt;2025-26&gt;" in listed.text
    assert f'href="/releases/{DONE}/annual-tables.xlsx"' in listed.text
    assert get(running, f"/releases/{DONE}/").content == FILES["index.html"]
    for name, content in FILES.items():
        assert get(running, f"/releases/{DONE}/{name}").content == content
    manifest = get(running, f"/releases/{DONE}/manifest.json").json()
    assert {entry["name"] for entry in manifest["files"]} == FILES.keys()


def test_the_report_has_a_policy_of_its_own_with_inline_styles_and_nothing_from_outside(
    running: Running,
) -> None:
    publish(running, DONE)
    answer = get(running, f"/releases/{DONE}/")
    rules = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";")
    )
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_any_other_file_of_a_report_is_saved_and_never_opened_on_our_pages(
    running: Running,
) -> None:
    publish(running, DONE)
    for name in FILES.keys() - {"index.html"}:
        answer = get(running, f"/releases/{DONE}/{name}")
        assert answer.headers["content-disposition"].startswith("attachment"), name
        assert "unsafe-inline" not in answer.headers["content-security-policy"], name
        assert "html" not in answer.headers["content-type"], name


@pytest.mark.parametrize(
    "name",
    [
        "../latest.json",
        "..%2flatest.json",
        "%2e%2e/latest.json",
        "data/../../latest.json",
        "data/..%2f..%2f..%2f..%2fregister.csv",
        "..%2f..%2f..%2fsigning.key",
        "..\\..\\..\\signing.key",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "data",
        "data/",
        "unlisted.txt",
        "INDEX.HTML",
        "index.html%00.csv",
        "./index.html",
        "v1/index.html",
    ],
)
def test_no_path_leads_to_a_file_that_the_manifest_does_not_name(
    running: Running, name: str
) -> None:
    folder = publish(running, DONE)
    (folder / "unlisted.txt").write_text("not published")
    status, _ = get_exactly(running, f"/releases/{DONE}/{name}")
    assert status == 404


@pytest.mark.parametrize("cycle", ["..", "%2e%2e", "2031-32", "2025-26%2fv1", ".", "latest"])
def test_no_round_but_a_configured_one_leads_into_the_folder(running: Running, cycle: str) -> None:
    publish(running, DONE)
    for rest in ("", "/", "/index.html"):
        status, body = get_exactly(running, f"/releases/{cycle}{rest}")
        assert status == 404
        assert FILES["index.html"] != body


def test_the_address_without_its_last_stroke_leads_to_the_report(running: Running) -> None:
    publish(running, DONE)
    answer = get(running, f"/releases/{DONE}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/releases/{DONE}/")


def test_before_its_day_a_report_is_seen_by_staff_alone(running: Running) -> None:
    publish(running, NEXT)
    paths = (f"/releases/{NEXT}", f"/releases/{NEXT}/", f"/releases/{NEXT}/data/a01.csv")
    for path in paths:
        assert get(running, path).status_code == 404
    assert NEXT not in get(running, "/releases").text
    for email in PEOPLE:
        with running.signed_in(email) as browser:
            for path in paths[1:]:
                expected = 200 if email in STAFF else 404
                assert browser.get(path).status_code == expected, (email, path)
            assert ("Not public yet" in browser.get("/releases").text) is (email in STAFF)
    running.clock.now = datetime(2027, 2, 24, 23, 59, tzinfo=UTC)
    assert get(running, paths[1]).status_code == 404
    running.clock.now = datetime(2027, 2, 25, 0, 0, tzinfo=UTC)
    assert get(running, paths[1]).status_code == 200
    assert "Not public yet" not in get(running, "/releases").text


def test_a_published_file_that_was_changed_is_not_served(running: Running) -> None:
    folder = publish(running, DONE)
    (folder / "data" / "a01.csv").write_bytes(b"a,c\r\n")
    assert get(running, f"/releases/{DONE}/data/a01.csv").status_code == 500
    assert get(running, f"/releases/{DONE}/").status_code == 200


def test_a_newer_version_takes_the_place_of_the_older_one(running: Running) -> None:
    publish(running, DONE)
    publish(running, DONE, **{"new.csv": b"1"})
    assert get(running, f"/releases/{DONE}/new.csv").status_code == 200


def test_when_nothing_is_published_the_page_says_so(running: Running) -> None:
    assert "Nothing is published yet" in get(running, "/releases").text
    assert get(running, f"/releases/{DONE}/").status_code == 404
