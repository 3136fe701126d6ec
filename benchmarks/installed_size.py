"""How large an installation is: this build beside an earlier one, without extras, each as pip installs it.

    python benchmarks/installed_size.py EARLIER

EARLIER is a checkout of the earlier build. Both get a virtual environment and today's releases of what they
need. Counted is what pip puts there, with the bytecode that it compiles, and without pip itself. Needs the
package index.
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000
LEAST_SHOWN = MEGABYTE // 10


def main() -> None:
    """Print a row for each folder or file of which one build has more than a tenth of a megabyte."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, help="a checkout of the earlier build")
    earlier, ours = (sizes(build) for build in (parser.parse_args().earlier.resolve(), PROJECT))
    print("| | earlier | this build |\n|---|--:|--:|")
    for name in sorted(earlier | ours, key=lambda name: -max(earlier[name], ours[name])):
        if max(earlier[name], ours[name]) >= LEAST_SHOWN:
            print(row(name, earlier[name], ours[name]))
    print(row("all, in MB", earlier.total(), ours.total()))


def row(name: str, earlier: int, ours: int) -> str:
    return f"| {name} | {earlier / MEGABYTE:.1f} | {ours / MEGABYTE:.1f} |"


def sizes(build: Path) -> Counter[str]:
    """Return the bytes of each folder or file in the environment's packages."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        pip = [sys.executable, "-m", "pip", "--python", folder, "install", "--quiet"]
        subprocess.run([*pip, str(build)], check=True)
        (packages,) = Path(folder).glob("[Ll]ib/**/site-packages")
        files = [path for path in packages.rglob("*") if path.is_file()]
        found = Counter[str]()
        for path in files:
            found[path.relative_to(packages).parts[0]] += path.stat().st_size
        return found


if __name__ == "__main__":
    main()
