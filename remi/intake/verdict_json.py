"""A verdict for programs: one text for the command line and for the portal's API."""

from __future__ import annotations

import json
from dataclasses import asdict

from schemas.intake import Verdict


def verdict_json(verdict: Verdict) -> str:
    """The verdict as JSON with a line's end after it; the same text for the same verdict."""
    return json.dumps(asdict(verdict), indent=2, ensure_ascii=False) + "\n"
