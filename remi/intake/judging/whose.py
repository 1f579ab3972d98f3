"""What a workbook is and whose: its round, its kind, its organisation. Asked before its answers."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, TypeAlias

from remi.intake.identity import TemplateIdentity, read_signed_identity, read_template_code
from remi.intake.judging.context import JudgingContext
from remi.intake.judging.opened import Reading
from remi.intake.judging.problems import Finding
from remi.intake.judging.register import Organisation, Register, plain_name
from remi.intake.judging.words import Fact, Phrase

NOT_YOURS = "not_your_organisation"
"""The rule about a workbook of another organisation than the one that is signed in."""

_KINDS = {"assessment": Phrase("assessment"), "engagement": Phrase("engagement")}


def decide_whose(reading: Reading) -> None:
    """Set the reading's kind, organisation and asked indicators, or stop it with one finding."""
    located, context = reading.located, reading.context
    identity = template_identity(located, context.signing_key)
    if identity is not None and not _is_collected(context, identity):
        reading.find("collected_elsewhere", kind=_made_for(context, identity))
        reading.unusable = reading.stopped = True
        return
    if located["kind"] is None:
        reading.find("not_our_workbook")
        reading.unusable = reading.stopped = True
        return
    reading.kind = located["kind"]
    template_of = None
    if identity is not None:
        template_of = context.register.by_id.get(identity.organisation_id or "")
        mismatch = _mismatch(reading, identity)
        if mismatch is not None:
            reading.stopped = True
            # Asked first: what is then moved into this round's workbook must be theirs.
            if not _find_another_owner(reading):
                rule, facts = mismatch
                sheet, cell, seen = located["code"] or (None, None, None)
                reading.findings.append(Finding(rule, sheet, cell, None, seen, facts))
                reading.organisation = template_of
            return
    reading.sheets = {found["id"]: found for found in located["sheets"]}
    _decide_organisation(reading, template_of)
    reading.asked = _asked(reading, template_of)


def _mismatch(reading: Reading, identity: TemplateIdentity) -> tuple[str, dict[str, Fact]] | None:
    """Why a workbook of ours is not one for this round, if so."""
    context, model = reading.context, reading.model
    if identity.cycle != context.cycle.id:
        made_for = f"{identity.cycle[:4]}/{identity.cycle[5:]}"
        return "last_years_template", {"cycle": made_for, "this_cycle": context.cycle.label}
    layout = context.layouts[reading.kind]
    if (identity.kind, identity.model_id) != (layout.kind, model.id if model else None):
        found: Fact = model.name if model else _KINDS[layout.kind]
        return "wrong_kind", {"kind": _made_for(context, identity), "found": found}
    in_use = model.version if model else context.framework.version
    if identity.framework_version != in_use:
        return "template_version_differs", {"version": identity.framework_version, "in_use": in_use}
    return None


def _is_collected(context: JudgingContext, identity: TemplateIdentity) -> bool:
    """Whether workbooks of this kind are taken at all, whatever their round and version."""
    if identity.model_id is not None:
        return any(model.id == identity.model_id for model in context.models.values())
    return identity.kind in context.layouts


def _made_for(context: JudgingContext, identity: TemplateIdentity) -> Fact:
    """What a template was made for, as the partner knows it."""
    if identity.model_id is None:
        return _KINDS[identity.kind]
    names = {model.id: model.name for model in context.models.values()}
    return names.get(identity.model_id, identity.model_id)


def template_identity(located: dict[str, Any], key: bytes) -> TemplateIdentity | None:
    """What we signed, else what the visible code says; either may be lost on the way."""
    if located["signed"]:
        text, signature = located["signed"]
        identity = read_signed_identity(text, signature, key)
        if identity is not None:
            return identity
    return read_template_code(located["code"][2]) if located["code"] else None


def speaks_for(reading: Reading, organisation_id: str) -> bool:
    """Whether the workbook says that it is this organisation's, and nothing in it says another."""
    return {claim for claim, _ in _claims(reading)} == {organisation_id}


At: TypeAlias = tuple[str | None, str | None, str | None]
"""Sheet, cell, and what stands there."""


def _claims(reading: Reading) -> list[tuple[str, At]]:
    """Every organisation that the workbook names as its own, with where.

    The hidden sheet, the visible code, and the code and the name that somebody wrote: any of them
    may be copied from another's workbook.
    """
    located, context = reading.located, reading.context
    visible: At = tuple(located["code"]) if located["code"] else (None, None, None)
    identities = [template_identity(located, context.signing_key)]
    if located["code"]:
        identities.append(read_template_code(located["code"][2]))
    found: list[tuple[str, At]] = [
        (one.organisation_id, visible) for one in identities if one and one.organisation_id
    ]
    forms = {s.id for made in context.layouts.values() for s in made.sheets if s.kind == "form"}
    names = {sheet["id"]: sheet["name"] for sheet in located["sheets"]}
    for value in reading.values.in_columns(lambda sheet_id, _: sheet_id in forms):
        text = value.said.text
        if not text:
            continue
        at: At = (names.get(value.sheet_id), value.cell, value.said.seen or text)
        if value.column_id == "organisation_code":
            known = context.register.find(text)
            found.append((known.id if known else "".join(text.split()).upper(), at))
        elif value.column_id == "organisation_name":
            named = context.register.named(text)
            found += [(named.id, at)] if named else []
    return found


def _find_another_owner(reading: Reading) -> bool:
    """Whether a workbook of another round or version is somebody else's, which is then all that
    is said of it."""
    claims = _claims(reading)
    if not claims:
        reading.find("organisation_missing", suggestion="")
        return True
    register = reading.context.register
    owner = reading.sent_for or claims[0][0]
    for claim, at in claims:
        if claim == owner:
            continue
        written, own = named(register.by_id.get(claim)), named(register.by_id.get(owner))
        if reading.sent_for:
            facts: dict[str, Fact] = {"written": written, "expected": own}
            rule = NOT_YOURS
        else:
            facts = {"owner": own, "written": written}
            rule = "other_organisations_template"
        reading.findings.append(Finding(rule, at[0], at[1], None, at[2], facts))
        return True
    return False


def _decide_organisation(reading: Reading, template: Organisation | None) -> None:
    """The organisation on the page, if nothing speaks against it. The code is never corrected."""
    register = reading.context.register
    form = next(s for s in reading.context.layouts[reading.kind].sheets if s.kind == "form")
    of_form = reading.values.in_columns(lambda sheet_id, _: sheet_id == form.id)
    values = {value.column_id: value for value in of_form}
    code, name = values.get("organisation_code"), values.get("organisation_name")
    if code is None or code.said.state == "bad":
        return  # explained already: the row is missing or the cell cannot be read
    at: tuple[str, str | None, None] = (form.id, code.cell, None)
    if code.said.text is None:
        made_for = Phrase("template_made_for", {"owner": named(template)}) if template else ""
        reading.find("organisation_missing", *at, suggestion=made_for)
        return
    seen = code.said.seen or code.said.text
    found = register.find(code.said.text)
    written = name.said.text if name else None
    if found is None:
        guess = (
            register.answering(template)
            or register.named(written or "")
            or register.closest(code.said.text)
        )
        close = Phrase("did_you_mean", {"meant": named(guess)}) if guess else ""
        reading.find("organisation_code_unknown", *at, seen, suggestion=close)
    elif found.ended:
        next_one = register.answering(found)
        now = Phrase("now_part_of", {"successor": named(next_one)}) if next_one else ""
        reading.find("organisation_code_ended", *at, seen, name=found.name, suggestion=now)
    elif written and _is_another(register, found, written):
        owner = register.named(written)
        says: Fact = ""
        if owner:
            says = Phrase("has_the_code", {"name": owner.name, "code": owner.id})
        confirmed = template is not None and template.id == found.id
        cell = name.cell if name and confirmed else code.cell
        reading.find(
            "organisation_code_and_name_disagree",
            *(form.id, cell, None, seen),
            code=found.id,
            owner=found.name,
            name=written,
            suggestion=says,
        )
    elif template is not None and register.answering(template) not in (None, found):
        owner_of, own = named(template), named(found)
        reading.find("other_organisations_template", *at, seen, owner=owner_of, written=own)
        reading.stopped = True
    elif reading.sent_for not in (None, found.id):
        expected = register.by_id.get(str(reading.sent_for))
        signed_in = named(expected)
        reading.find(NOT_YOURS, *at, seen, written=named(found), expected=signed_in)
        reading.stopped = True
    else:
        reading.organisation = found
        if written and plain_name(written) != plain_name(found.name):
            at = (form.id, name.cell if name else None, None)
            reading.find("organisation_name_differs", *at, written, name=found.name)


def _is_another(register: Register, found: Organisation, written: str) -> bool:
    """Whether the name is not this organisation's: another's, or nothing like it."""
    if plain_name(written) == plain_name(found.name):
        return False
    if register.named(written) is not None:
        return True
    words, wanted = set(plain_name(written).split()), set(plain_name(found.name).split())
    return 2 * len(words & wanted) < max(min(len(words), len(wanted)), 1)


def became(register: Register, written: str) -> Fact:
    """Who answers now for the ended organisation of this code; nothing for any other."""
    found = register.find(written)
    now = register.answering(found) if found and found.ended else None
    return Phrase("now_part_of", {"successor": named(now)}) if now else ""


def named(organisation: Organisation | None) -> Phrase:
    """An organisation by name and code; “another organisation” where it is not known."""
    if organisation is None:
        return Phrase("another_organisation")
    return Phrase("organisation", {"name": organisation.name, "code": organisation.id})


def _asked(reading: Reading, template: Organisation | None) -> dict[str, list[str]]:
    """What is asked, sheet by sheet; where the organisation is not known, what the workbook has."""
    grids = [sheet for sheet in reading.layouts() if sheet.kind == "grid"]
    organisation = reading.organisation or template
    if organisation is None:
        rows = {sheet_id: found["rows"] for sheet_id, found in reading.sheets.items()}
        return {s.id: [r.ref for r in s.rows if r.ref in rows.get(s.id, {})] for s in grids}
    asked = _asked_of(reading, organisation.sector)
    return {sheet.id: [row.ref for row in sheet.rows if row.ref in asked] for sheet in grids}


def _asked_of(reading: Reading, sector: str) -> Set[str]:
    """The indicators of the framework, or the questions of the model, that a sector is asked."""
    model, framework = reading.model, reading.context.framework
    if model is not None:
        return model.asked(model.groups_of(sector))
    return {i.id for _, i in framework.indicators() if framework.applies(i, sector)}
