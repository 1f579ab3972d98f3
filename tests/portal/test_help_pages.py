"""What everybody may read: how it works, every message, accessibility, privacy."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from portal_samples import CYCLE, TRUST, Running, form_token
from test_partner_pages import spoiled

from remi.messages import in_general
from remi.portal.help_pages import shown

PAGES = ("/help", "/help/messages", "/help/accessibility", "/help/privacy", "/releases")


class Text(HTMLParser):
    """The words of a page, and the ids that a link may lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]

    @property
    def plain(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.mark.parametrize("path", PAGES)
def test_everybody_reads_it_without_signing_in(running: Running, path: str) -> None:
    with running.browser() as browser:
        page = browser.get(path)
    assert page.status_code == 200
    assert len(re.findall(r"<h1[ >]", page.text)) == 1
    assert "<title>" in page.text
    assert not re.search(r'style="|<script(?! type="module" src="/style/)', page.text)
    assert not re.search(r'src="http|<link[^>]*href="http', page.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_on_it_leads_somewhere(running: Running, path: str) -> None:
    with running.browser() as browser:
        page = browser.get(path)
        links = set(re.findall(r'href="(/[^"#]*|#[^"]+)(?:#[^"]*)?"', page.text))
        for link in links:
            if link.startswith("#"):
                assert link[1:] in Text(page.text).ids, link
            else:
                assert browser.get(link).status_code in (200, 303), link


def test_every_message_of_the_catalogue_is_there_with_its_examples_and_an_anchor(
    running: Running,
) -> None:
    messages = running.portal.configuration.messages
    with running.browser() as browser:
        found = Text(browser.get("/help/messages").text)
    for message in messages.messages:
        assert message.rule in found.ids
        for text in (message.wrong, message.fix):
            assert " ".join(in_general(text, messages).split()) in found.plain, message.rule
        for text in (message.failing, message.passing):
            assert " ".join(text.split()) in found.plain, message.rule
    assert len(found.ids) == len(set(found.ids))


def test_what_differs_from_file_to_file_is_marked_and_nothing_else_is(running: Running) -> None:
    messages = running.portal.configuration.messages
    for group in shown(messages):
        for one in group.messages:
            for text, parts in ((one.message.wrong, one.wrong), (one.message.fix, one.fix)):
                assert "".join(parts) == in_general(text, messages)
                assert set(parts[1::2]) <= set(messages.details.values())


def test_a_verdict_leads_to_the_examples_of_its_messages(running: Running) -> None:
    faulty = spoiled(running.workbook(), ("Leadership", "D11", "Mostly"))
    home = f"/organisations/{TRUST}"
    with running.signed_in("lead@trust.example") as browser:
        answer = browser.post(
            f"{home}/{CYCLE}/upload",
            data={"form_token": form_token(browser.get(home))},
            files={"workbook": ("ours.xlsx", faulty)},
        )
        page = browser.get(answer.headers["location"])
        links = re.findall(r'href="/help/messages#([^"]+)"', page.text)
        anchors = Text(browser.get("/help/messages").text).ids
    assert links
    assert set(links) <= set(anchors)


def test_privacy_says_the_times_that_are_really_kept_to(running: Running) -> None:
    with running.browser() as browser:
        text = Text(browser.get("/help/privacy").text).plain
    policy = running.portal.policy
    assert f"after {policy.session_hours} hours, or {policy.idle_minutes} minutes" in text
    assert "30 days" in text
    assert "24 hours" in text
