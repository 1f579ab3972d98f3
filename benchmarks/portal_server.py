"""The portal in a process of its own, for `benchmarks.portal`: invented partners, a fixed day.

`python -m benchmarks.portal_server HOME` prints, as one line of JSON, its address and the cookie
with which the lead of each organisation is signed in, and serves until it is ended.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from benchmarks.engagement import CYCLE, KEY
from remi.cli.serve import READERS
from remi.cycle.registering import load_register
from remi.demo.partners import PARTNERS, register_csv
from remi.demo.people import add_demo_people
from remi.intake.reading.sandbox import Sandbox
from remi.portal.app import create_app
from remi.portal.mail import Mailer
from remi.portal.options import PortalOptions
from remi.portal.rounds import context_of
from remi.portal.routing import session_cookie
from remi.portal.visit import Portal
from remi.settings import Settings
from remi.store.people import add_person
from remi.store.sessions import begin_session
from remi.workspace import open_workspace
from schemas.portal import RateLimit

DAY = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
WITHOUT_END = RateLimit(most=10**6, minutes=60)


def main(home: Path) -> None:
    """Serve as `remi serve` does, on any free port."""
    os.environ |= {"REMI_HOME": str(home), "REMI_SIGNING_KEY": KEY.decode()}
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings.from_environment()
    settings.register.write_text(register_csv(), encoding="utf-8", newline="")
    workspace = open_workspace(settings)
    limits = workspace.configuration.portal.limits.model_copy(
        update={"upload_per_organisation": WITHOUT_END, "upload_per_network": WITHOUT_END}
    )
    policy = workspace.configuration.portal.model_copy(update={"limits": limits})
    workspace = replace(workspace, configuration=replace(workspace.configuration, portal=policy))
    load_register(workspace)
    listening = uvicorn.Config(lambda: None, factory=True, host="127.0.0.1", port=0).bind_socket()
    # Whoever asks between the line below and the server's first turn waits, and is not turned away.
    listening.listen()
    options = PortalOptions(f"http://127.0.0.1:{listening.getsockname()[1]}", home / "outbox")
    with Sandbox(workers=max(READERS, os.cpu_count() or 1)).start() as sandbox:
        mailer = Mailer(options.mail_from, options.outbox, policy.contact)
        portal = Portal(workspace, options, mailer, sandbox, KEY, lambda: DAY)
        context_of(portal, portal.work(CYCLE))
        said = {
            "address": options.address,
            "cookie": session_cookie(portal),
            "leads": leads(portal),
        }
        print(json.dumps(said), flush=True)
        config = uvicorn.Config(create_app(portal), log_level="warning", server_header=False)
        gc.collect()
        gc.freeze()
        uvicorn.Server(config).run(sockets=[listening])


def leads(portal: Portal) -> dict[str, str]:
    """The secret of a session of each organisation's lead."""
    engine, now = portal.workspace.engine, portal.moment()
    add_demo_people(portal.workspace, now)
    secrets = {}
    for one in PARTNERS:
        email = f"lead@{one.organisation_id.lower()}.example"
        person_id = add_person(engine, email, None, now)
        secrets[one.organisation_id] = begin_session(engine, person_id, "email", now, 10)
    return secrets


if __name__ == "__main__":
    main(Path(sys.argv[1]))
