import pkgutil
import subprocess
import sys

import chargehand.cost
import chargehand.llm

MODULES = [
    each.name
    for package in (chargehand.cost, chargehand.llm)
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(run.stdout.split())


def test_importing_everything_loads_neither_the_sdk_nor_the_prices() -> None:
    loaded = loaded_after(f"import {', '.join(MODULES)}")
    assert set(MODULES) <= loaded
    assert not {"anthropic", "genai_prices", "httpx2"} & loaded


def test_asking_for_the_version_of_the_prices_does_not_load_them() -> None:
    loaded = loaded_after("from chargehand.cost.prices import Prices\nassert Prices().version")
    assert "genai_prices" not in loaded


def test_a_replay_does_not_load_the_sdk() -> None:
    loaded = loaded_after(
        "from tests.unit.llm.recording.test_replay import scripted, prompt\n"
        "scripted({'reply': {'answer': {'claims': []}}}).ask(prompt(model='m'))"
    )
    assert "anthropic" not in loaded


def test_warming_up_loads_the_sdk_in_the_background() -> None:
    loaded = loaded_after(
        "from chargehand.llm.provider.sdk import sdk, warm_up\nwarm_up()\nassert sdk().Anthropic"
    )
    assert "anthropic" in loaded
