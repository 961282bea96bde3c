"""P302: the model was saved under other versions than those that are installed."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.versions import LibraryVersion, Versions


@check("P302", severity="warning", explains=("serialization-mismatch", "prediction-drift", "unseeded-randomness"))
def dependency_mismatch(versions: Versions) -> Iterator[Finding]:
    """The model was saved under other library versions than those that load it now.

    Why it matters:
        A pickle holds the private state of its classes; another version may read it, change defaults in silence, and predict something else.
    Likely cause:
        Training and serving install their requirements apart, without a common lock file.
    How it decides:
        The version that the artefact tells differs from the installed one: a warning where the first or second number differs (scikit-learn promises no pickle
        across these), a note where only the third does.
    When it is wrong:
        The class did not change between the two versions; the predictions are then the same, which only the old environment can prove.
    Fix:
        Install the version of the artefact, or fit and save the model again under the installed one.
    Verify:
        Predictions for the same rows are equal in both environments.
    Prevent:
        assert sklearn.__version__ == saved_with["scikit-learn"]
    Sources:
        scikit-learn user guide, model persistence: no support for loading across versions.
    """
    differing = [each for each in versions.libraries if each.installed and all(each.numbers) and _release(each)[0] != _release(each)[1]]
    for each in differing:
        yield _finding(each)


def _release(each: LibraryVersion) -> tuple[tuple[int, ...], ...]:
    """Padded to three numbers: 1.5 is 1.5.0."""
    return tuple((*numbers, 0, 0, 0)[:3] for numbers in each.numbers)


def _finding(each: LibraryVersion) -> Finding:
    saved, installed = _release(each)
    apart = saved[:2] != installed[:2]
    return Finding(
        subject=Subject(kind="model", names=(each.library,)),
        message=f"The model was saved under {each.library} {each.saved}; {each.installed} is installed"
        + ("." if apart else ", a patch release apart."),
        severity=Severity.WARNING if apart else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Ranking(title="Versions", columns=("library", "saved under", "installed"), rows=((each.library, each.saved, each.installed),)),
        ),
        remedy=Remedy(
            fix=f"Install {each.library}=={each.saved} where the model is served, or fit it again under {each.installed}.",
            patch=f'pip install "{each.library}=={each.saved}"',
            prevent=f'assert importlib.metadata.version("{each.library}") == "{each.saved}"',
            safety="show",
        ),
    )
