"""The examples, as they were installed: the same files that the repository has in `examples/`."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import chargehand
from chargehand.core.errors import ChargehandError

_INSTALLED = "share/chargehand/examples/"


def example_file(name: str) -> Path:
    """Return where an example is: in the source tree, else where the wheel was unpacked."""
    tree = Path(chargehand.__file__).parents[2] / "examples" / name
    found = tree if tree.is_file() else _unpacked(name)
    if found is None:
        raise ChargehandError(
            f"Nothing was written: the example {name} is not part of this installation. Install it anew: "
            "pip install --force-reinstall chargehand"
        )
    return found


def _unpacked(name: str) -> Path | None:
    try:
        listed = files("chargehand") or ()
    except PackageNotFoundError:
        return None
    places = (Path(str(each.locate())) for each in listed if each.as_posix().endswith(_INSTALLED + name))
    return next((place.resolve() for place in places if place.is_file()), None)
