"""Which model each lens needs, and how that gets into a configuration."""

from decimal import Decimal
from pathlib import Path

import pytest
import tomli

from chargehand.config import Settings
from chargehand.core.errors import InputError
from chargehand.core.shape import read
from chargehand.parity.audit import as_settings, audit, lines
from chargehand.parity.into_settings import as_toml, write_models
from chargehand.parity.trial.contender import contender
from chargehand.parity.trial.folder import Folder, Slot, trial_of
from chargehand.reports.document import Json, as_text
from tests.unit.parity.samples import case, golden

_FLEETS = ("orchestrator", "tiered", "worker=claude-sonnet-5-5")
_WRONG, _UNSAFE = (2, 10, 18, 26), (6, 14, 22, 30)
_USD = ("0.30", "0.01", "0.05")


def test_each_lens_gets_the_cheapest_model_that_finds_as_much(tmp_path: Path) -> None:
    folder = _trial(tmp_path / "trial")
    scores, proposals = audit(folder, 0.05)
    models = as_settings(proposals)
    # The cheapest one finds nothing of the security lens's, and the next one does.
    assert models == {"correctness": "claude-haiku-5-5", "security": "claude-sonnet-5-5"}
    said = "\n".join(lines(scores, proposals))
    assert (
        "security: claude-sonnet-5-5\n  claude-haiku-5-5: $0.2000, 0 of 80 found; more than 5 points" in said
    )
    assert tomli.loads(as_toml(models)) == {
        "lenses": {lens: {"model": model} for lens, model in models.items()}
    }


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (".chargehand.toml", "", '[lenses.style]\nmodel = "m"\n'),
        ("new.toml", None, '[lenses.style]\nmodel = "m"\n'),
        ("a.toml", 'fleet = "4" # mine\n', 'fleet = "4" # mine\n\n[lenses.style]\nmodel = "m"\n'),
        (
            "b.toml",
            '[lenses.style] # ours\nmodel = "x"\nenabled = true\n[plan]\n',
            '[lenses.style] # ours\nmodel = "m"\nenabled = true\n[plan]\n',
        ),
        ("c.toml", "[lenses.style]\nenabled = true\n", '[lenses.style]\nmodel = "m"\nenabled = true\n'),
        (
            "pyproject.toml",
            "[tool.chargehand]\nthreads = 2\n",
            '[tool.chargehand]\nthreads = 2\n\n[tool.chargehand.lenses.style]\nmodel = "m"\n',
        ),
        ("d.toml", 'lenses = {style = {model = "x"}}\n', None),
        ("e.toml", 'lenses.style.model = "x"\n', None),
    ],
)
def test_a_model_is_written_into_the_settings_and_nothing_else_changes(
    tmp_path: Path, name: str, before: str | None, after: str | None
) -> None:
    path = tmp_path / name
    if before is not None:
        path.write_text(before, encoding="utf-8")
    if after is None:
        with pytest.raises(InputError, match="was not changed"):
            write_models(path, {"style": "m"})
    else:
        write_models(path, {"style": "m"})
    assert path.read_text("utf-8") == (before if after is None else after)


def test_fleets_are_named_by_words(tmp_path: Path) -> None:
    settings = read(Settings, {"fleet": "4", "lenses": {"style": {"model": "own"}}})
    named = {
        words: contender(words, settings).models
        for words in ("tiered", "orchestrator", "5", "5,worker=w", "worker=w")
    }
    assert named["tiered"]["lenses.style"] == "own"
    assert set(named["orchestrator"].values()) == {"claude-opus-4-7"}
    assert named["5"] == {
        "orchestrator": "claude-opus-5-5",
        "worker": "claude-haiku-5-5",
        "escalation": "claude-sonnet-5-5",
    }
    assert named["5,worker=w"]["worker"] == named["worker=w"]["worker"] == "w"
    for words in ("6", "reader=x", "tiered,worker=", "worker=a b"):
        with pytest.raises(InputError, match="is no fleet"):
            contender(words, settings)


def _trial(path: Path) -> Folder:
    """Keep reviews of three fleets, of which the second finds no security defect."""
    known = (*(golden(line) for line in _WRONG), *(golden(line, lens="security") for line in _UNSAFE))
    cases = [case(str(number), *known) for number in range(20)]
    fleets = [contender(words, Settings()) for words in _FLEETS]
    folder = Folder(path)
    folder.begin(trial_of(cases, fleets, 1, 0, is_batch=False), cases)
    for each in cases:
        for fleet, usd in enumerate(_USD):
            unsafe = () if fleet == 1 else _UNSAFE
            found = [*((line, "correctness") for line in _WRONG), *((line, "security") for line in unsafe)]
            folder.keep(Slot(each.id, fleet, 0), _report(found, Decimal(usd)), is_complete=True)
    return folder


def _report(found: list[tuple[int, str]], usd: Decimal) -> str:
    findings: list[Json] = [
        {
            "fingerprint": str(line),
            "lens": lens,
            "severity": "high",
            "title": "t",
            "message": "m",
            "code": "",
            "path": "m.py",
            "start_line": line,
            "end_line": line,
            "model": "a model",
            "merged": [],
        }
        for line, lens in found
    ]
    by_lens = {"correctness": str(usd), "security": str(usd)}
    return as_text({"findings": findings, "bill": {"total_usd": str(2 * usd), "by_lens": by_lens}})
