"""What must hold before the next step may run, and what the data team should look at.

What belongs here: showing each check of `remi.cycle.checks` to Dagster, and that of the published
files. What does not: what is asked, which publication asks for too. See Dagster's “Asset checks”.
"""

import dagster as dg

from assets.resources import Installation
from remi.cycle.checks import CHECKS, Check
from remi.cycle.clearance import ask
from remi.release.published import latest_release, manifest_faults

Facts = dict[str, int | str]


def _result(passed: bool, blocking: bool, cycle: str, facts: Facts) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {"cycle": dg.MetadataValue.text(cycle)}
    for name, fact in facts.items():
        metadata[name] = (
            dg.MetadataValue.int(fact) if isinstance(fact, int) else dg.MetadataValue.text(fact)
        )
    severity = dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(passed=passed, severity=severity, metadata=metadata)


def _asked(check: Check) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=check.asset,
        name=check.name,
        description=check.promise,
        blocking=check.blocking,
    )
    def made(
        context: dg.AssetCheckExecutionContext, installation: Installation
    ) -> dg.AssetCheckResult:
        work = installation.cycle(context.partition_key, context.run)
        answer = ask(work, check)
        return _result(answer.passed, check.blocking, work.cycle_id, dict(answer.facts))

    return made


ASKED = [_asked(check) for check in CHECKS]


@dg.asset_check(asset="release", blocking=True)
def release_files_match_their_manifest(
    context: dg.AssetCheckExecutionContext, installation: Installation
) -> dg.AssetCheckResult:
    """The newest version's files are those of its manifest, byte for byte."""
    work = installation.cycle(context.partition_key)
    folder = latest_release(work.workspace.settings.releases, work.cycle_id)
    faults = manifest_faults(folder) if folder else ["nothing is published"]
    return _result(not faults, True, work.cycle_id, {"files_that_differ": len(faults)})
