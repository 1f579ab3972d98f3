"""What a workbook is and whose: its round, its kind, its organisation. Asked before its answers."""

from __future__ import annotations

from typing import Any

from remi.intake.identity import TemplateIdentity, read_signed_identity, read_template_code
from remi.intake.judging.opened import VALUE_FIELDS, Reading
from remi.intake.judging.problems import Finding
from remi.intake.judging.register import Organisation, Register, plain_name

KIND_NAMES = {"assessment": "self-assessment", "engagement": "engagement records"}


def decide_whose(reading: Reading) -> None:
    """Set the reading's kind, organisation and asked indicators, or stop it with one finding."""
    located, context = reading.located, reading.context
    if located["kind"] is None:
        reading.find("not_our_workbook")
        reading.unusable = reading.stopped = True
        return
    reading.kind = located["kind"]
    identity = _identity(located, context.signing_key)
    template_of = None
    if identity is not None:
        template_of = context.register.by_id.get(identity.organisation_id or "")
        mismatch = _mismatch(reading, identity)
        if mismatch is not None:
            rule, facts = mismatch
            sheet, cell, seen = located["code"] or (None, None, None)
            reading.findings.append(Finding(rule, sheet, cell, None, seen, facts))
            reading.stopped = True
            reading.organisation = template_of
            return
    reading.sheets = {found["id"]: found for found in located["sheets"]}
    _decide_organisation(reading, template_of)
    reading.asked = _asked(reading, template_of)


def _mismatch(reading: Reading, identity: TemplateIdentity) -> tuple[str, dict[str, str]] | None:
    """Why a workbook of ours is not one for this round, if so."""
    context = reading.context
    if identity.cycle != context.cycle.id:
        made_for = f"{identity.cycle[:4]}/{identity.cycle[5:]}"
        return "last_years_template", {"made_for": made_for, "now": context.cycle.label}
    if identity.kind != reading.kind:
        names = {"made_for": KIND_NAMES[identity.kind], "found": KIND_NAMES[reading.kind]}
        return "wrong_kind", names
    if identity.framework_version != context.framework.version:
        versions = {"made_for": identity.framework_version, "now": context.framework.version}
        return "template_version_differs", versions
    return None


def _identity(located: dict[str, Any], key: bytes) -> TemplateIdentity | None:
    """What we signed, else what the visible code says; either may be lost on the way."""
    if located["signed"]:
        text, signature = located["signed"]
        identity = read_signed_identity(text, signature, key)
        if identity is not None:
            return identity
    return read_template_code(located["code"][2]) if located["code"] else None


def _decide_organisation(reading: Reading, template: Organisation | None) -> None:
    """The organisation on the page, if nothing speaks against it. The code is never corrected."""
    register = reading.context.register
    form = next(s for s in reading.context.layouts[reading.kind].sheets if s.kind == "form")
    values = {
        value["column_id"]: value
        for value in (dict(zip(VALUE_FIELDS, v, strict=True)) for v in reading.located["values"])
        if value["sheet_id"] == form.id
    }
    code, name = values.get("organisation_code"), values.get("organisation_name")
    if code is None or code["state"] == "bad":
        return  # explained already: the row is missing or the cell cannot be read
    at = {"sheet_id": form.id, "cell": code["cell"]}
    if code["text"] is None:
        made_for = f" This template was made for {_named(template)}." if template else ""
        reading.find("organisation_missing", **at, suggestion=made_for)
        return
    seen = code["seen"] or code["text"]
    found = register.find(code["text"])
    written = name["text"] if name else None
    if found is None:
        guess = template or register.named(written or "") or register.closest(code["text"])
        close = f" Did you mean {_named(guess)}?" if guess else ""
        reading.find("organisation_code_unknown", **at, seen=seen, suggestion=close)
    elif found.ended:
        next_one = register.by_id.get(found.successor_id or "")
        now = f" It is now part of {_named(next_one)}." if next_one else ""
        reading.find("organisation_code_ended", **at, seen=seen, name=found.name, suggestion=now)
    elif written and _is_another(register, found, written):
        owner = register.named(written)
        says = f" {owner.name} has the code {owner.id}." if owner else ""
        confirmed = template is not None and template.id == found.id
        cell = name["cell"] if name and confirmed else code["cell"]
        facts = {"code": found.id, "owner": found.name, "name": written, "suggestion": says}
        reading.find("organisation_code_and_name_disagree", form.id, cell, seen=seen, **facts)
    elif template is not None and template.id != found.id:
        facts = {"made_for": _named(template), "written": _named(found)}
        reading.find("other_organisations_template", **at, seen=seen, **facts)
        reading.stopped = True
    elif reading.context.expected_organisation not in (None, found.id):
        expected = register.by_id.get(str(reading.context.expected_organisation))
        facts = {"written": _named(found), "expected": _named(expected)}
        reading.find("not_your_organisation", **at, seen=seen, **facts)
        reading.stopped = True
    else:
        reading.organisation = found
        if written and plain_name(written) != plain_name(found.name):
            cell = name["cell"] if name else None
            facts = {"name": found.name}
            reading.find("organisation_name_differs", form.id, cell, seen=written, **facts)


def _is_another(register: Register, found: Organisation, written: str) -> bool:
    """Whether the name is not this organisation's: another's, or nothing like it."""
    if plain_name(written) == plain_name(found.name):
        return False
    if register.named(written) is not None:
        return True
    words, wanted = set(plain_name(written).split()), set(plain_name(found.name).split())
    return 2 * len(words & wanted) < max(min(len(words), len(wanted)), 1)


def _named(organisation: Organisation | None) -> str:
    return f"{organisation.name} ({organisation.id})" if organisation else "another organisation"


def _asked(reading: Reading, template: Organisation | None) -> dict[str, list[str]]:
    """The indicators that are asked, by commitment; where the organisation is not known, those
    that the workbook has."""
    if reading.kind != "assessment":
        return {}
    framework = reading.context.framework
    organisation = reading.organisation or template
    if organisation is None:
        rows = {sheet_id: found["rows"] for sheet_id, found in reading.sheets.items()}
        return {
            c.id: [i.id for i in c.indicators if i.id in rows.get(c.id, {})]
            for c in framework.commitments
        }
    return {
        c.id: [i.id for i in c.indicators if framework.applies(i, organisation.sector)]
        for c in framework.commitments
    }
