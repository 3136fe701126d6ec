"""Set-ups that are broken in one way each: what is wrong, and who has to notice it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from chargehand.app.doctor import Asked
from chargehand.lenses import BUILT_IN_LENSES
from tests.unit.change.world import World

KEY = {"ANTHROPIC_API_KEY": "sk-test"}
CI = {"CI": "true", "GITHUB_ACTIONS": "true"}
WORKFLOW = """\
on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write
      checks: write
    steps:
      - uses: actions/checkout@v7
        with:
          fetch-depth: 0
      - uses: chargehand/chargehand@v0.1.0
        with:
          api-key: ${{ secrets.ANTHROPIC_API_KEY }}
          comment: "true"
"""


class Broken(NamedTuple):
    """One broken set-up: of a good one, what is there besides.

    `before` are files of the branch that changes are for; `files` are in the work tree. `prepare` does what
    files and variables cannot, and returns where the command runs. `said` is part of what is told.
    `typed` does what a line does that no test should type, such as to install something.
    """

    name: str
    kind: str
    said: str
    files: Mapping[str, str] = {}
    before: Mapping[str, str] = {}
    environ: Mapping[str, str] = {}
    without: tuple[str, ...] = ()
    asked: Asked = Asked()
    missing: tuple[str, ...] = ()
    prepare: Callable[[World], Path] | None = None
    typed: Mapping[str, Callable[[World], object]] = {}


def _toml(text: str) -> dict[str, str]:
    return {".chargehand.toml": text}


def _link(world: World) -> Path:
    (world.root / "kept.toml").write_text("threads = 4\n")
    (world.root / ".chargehand.toml").symlink_to("kept.toml")
    return world.root


def _latin(world: World) -> Path:
    (world.root / ".chargehand.toml").write_bytes(b'threads = 4\ninstructions = "caf\xe9"\n')
    return world.root


def _outside(world: World) -> Path:
    folder = world.root.parent / "elsewhere"
    folder.mkdir()
    return folder


def _profile(world: World) -> Path:
    world.commit({"login/configs/default.json": "{}"})
    return world.root


def _one_branch(world: World) -> Path:
    world.git("checkout", "-q", "main")
    return world.clone(world.root.parent / "clone", "--single-branch", "--branch", "feature").root


def _shallow(world: World) -> Path:
    world.git("checkout", "-q", "main")
    options = ("--depth", "1", "--no-single-branch", "--branch", "feature")
    return world.clone(world.root.parent / "clone", *options).root


def _extending(*own: str) -> Callable[[World], Path]:
    """Have the configuration extend a base that fixes fail_on."""

    def prepare(world: World) -> Path:
        base = World.empty(world.root.parent / "base")
        made = base.commit({".chargehand.toml": 'fail_on = "medium"\n'})
        lines = (*own, "[extends]", f'address = "file://{base.root}"', f'commit = "{made}"', "")
        (world.root / ".chargehand.toml").write_text("\n".join(lines))
        return world.root

    return prepare


def _folder(name: str) -> Callable[[World], Path]:
    def prepare(world: World) -> Path:
        (world.root / name).mkdir()
        return world.root

    return prepare


def _workflow(*changes: tuple[str, str]) -> dict[str, str]:
    text = WORKFLOW
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {".github/workflows/review.yml": text}


def _sign_in(world: World) -> None:
    path = Path(world.environ["HOME"], ".config/gcloud/application_default_credentials.json")
    path.parent.mkdir(parents=True)
    path.write_text("{}")


def _install_hooks(world: World) -> None:
    for name in ("pre-commit", "pre-push"):
        (world.root / ".git/hooks").mkdir(exist_ok=True)
        (world.root / ".git/hooks" / name).write_text("")


BROKEN = (
    Broken(
        "what the base fixes",
        "configuration",
        "sets fail_on",
        prepare=_extending("threads = 4", 'fail_on = "never"'),
    ),
    Broken(
        "an unknown key", "configuration", "did you mean fail_on?", _toml('threads = 4\nfail_onn = "high"\n')
    ),
    Broken(
        "a file for a newer version",
        "configuration",
        "asks for chargehand 99.1 or newer",
        _toml('minimum_version = "99.1"\nfrobnicate = 1\n'),
        # What the newer version knows cannot be had here.
        typed={"pip install 'chargehand>=99.1'": lambda world: world.write(_toml("threads = 4\n"))},
    ),
    Broken("a value that is none", "configuration", "fail_on", _toml('fail_on = "hihg"\n')),
    Broken(
        "a value out of bounds",
        "configuration",
        "threads",
        _toml("[plan]\n\n[paths]\n").copy() | _toml("threads = 0\n"),
    ),
    Broken(
        "a pattern that matches nothing",
        "configuration",
        "matches no file",
        _toml('[paths]\nignore = [\n  "./a",\n]\n'),
    ),
    Broken("another tool's word", "configuration", "paths.ignore", _toml('exclude = ["a"]\n')),
    Broken("no TOML", "configuration", "is not TOML", _toml("threads = 4\nfail_on = high\n")),
    Broken(
        "an unknown key in pyproject.toml",
        "configuration",
        "did you mean threads?",
        {"pyproject.toml": '[project]\nname = "x"\n\n[tool.chargehand]\nthread = 4\n'},
    ),
    Broken(
        "settings in two files",
        "configuration",
        "only one can count",
        {".chargehand.toml": "threads = 4\n", "pyproject.toml": "[tool.chargehand]\nthreads = 5\n"},
    ),
    Broken("a configuration that is a link", "configuration", "symbolic link", prepare=_link),
    Broken(
        "the target's configuration, before a merge",
        "configuration",
        "(branch main)",
        _toml('fail_on = "high"\n'),
        before=_toml('fail_on = "high"\nfrobnicate = 1\n'),
    ),
    Broken(
        "a variable that sets nothing", "variables", "CHARGEHAND_THREDS", environ={"CHARGEHAND_THREDS": "4"}
    ),
    Broken(
        "a variable's wrong value", "variables", "CHARGEHAND_FAIL_ON", environ={"CHARGEHAND_FAIL_ON": "hihg"}
    ),
    Broken("no key", "credentials", "no key", without=("ANTHROPIC_API_KEY",)),
    Broken(
        "a key in two lines", "credentials", "no header can carry", environ={"ANTHROPIC_API_KEY": "sk-a\nb"}
    ),
    Broken(
        "a header that is none", "credentials", "is not a header", environ={"ANTHROPIC_CUSTOM_HEADERS": "x"}
    ),
    Broken(
        "two clouds",
        "credentials",
        "mean different clouds",
        environ={"CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_USE_VERTEX": "1"},
    ),
    Broken(
        "Vertex without a region",
        "credentials",
        "CLOUD_ML_REGION is not set",
        environ={"ANTHROPIC_VERTEX_PROJECT_ID": "p"},
        without=("ANTHROPIC_API_KEY",),
    ),
    Broken(
        "Foundry without a resource",
        "credentials",
        "ANTHROPIC_FOUNDRY_RESOURCE",
        environ={"ANTHROPIC_FOUNDRY_API_KEY": "k"},
        without=("ANTHROPIC_API_KEY",),
    ),
    Broken(
        "credentials of Google that are gone",
        "credentials",
        "names a file that is not there",
        environ={
            "CLAUDE_CODE_USE_VERTEX": "1",
            "CLOUD_ML_REGION": "global",
            "GOOGLE_APPLICATION_CREDENTIALS": "/nonexistent/key.json",
        },
        typed={"gcloud auth application-default login": _sign_in},
    ),
    Broken(
        "Bedrock without its library",
        "extras",
        "boto3 is not installed",
        environ={"AWS_BEARER_TOKEN_BEDROCK": "k"},
        without=("ANTHROPIC_API_KEY",),
        missing=("boto3",),
        typed={"pip install 'chargehand[bedrock]'": lambda _: "boto3"},
    ),
    Broken(
        "an address without https",
        "network",
        "not a web address",
        environ={"ANTHROPIC_BASE_URL": "llm.example"},
    ),
    Broken(
        "an address that ends with /v1",
        "network",
        "/v1",
        environ={"ANTHROPIC_BASE_URL": "https://llm.example/v1"},
    ),
    Broken("a proxy of no known kind", "network", "HTTPS_PROXY", environ={"HTTPS_PROXY": "htp://proxy:8080"}),
    Broken(
        "a proxy that is no address", "network", "https_proxy", environ={"https_proxy": "http://proxy:80x"}
    ),
    Broken(
        "certificates that are gone",
        "network",
        "SSL_CERT_FILE",
        environ={"SSL_CERT_FILE": "/nonexistent/ca.pem"},
    ),
    Broken(
        "a folder of certificates that is gone",
        "network",
        "SSL_CERT_DIR",
        environ={"SSL_CERT_DIR": "/nonexistent"},
    ),
    Broken(
        "a model that nobody knows",
        "models",
        "claude-haiku-5-5",
        _toml('[models]\nworker = "claude-haiku-5.5"\n'),
    ),
    Broken(
        "a lens's model that nobody knows",
        "models",
        "claude-sonnet-5-5",
        _toml('[lenses.style]\nmodel = "claude-sonet-5-5"\n'),
    ),
    Broken(
        "a variable's model that nobody knows",
        "models",
        "claude-opus-5-5",
        environ={"CHARGEHAND_MODELS_ORCHESTRATOR": "claude-opus-55"},
    ),
    Broken(
        "a gateway's model without a price, under a cap",
        "models",
        "under max_spend it is not asked",
        _toml('max_spend = 1\n\n[models]\nworker = "our/model"\n'),
        environ={"ANTHROPIC_BASE_URL": "https://llm.example"},
    ),
    Broken("a folder outside of any repository", "repository", "in no git repository", prepare=_outside),
    Broken("a clone of one branch", "repository", "no default branch is here", prepare=_one_branch),
    Broken("a clone without history", "repository", "have no common ancestor here", prepare=_shallow),
    Broken(
        "a job's event that is gone",
        "repository",
        "GITHUB_EVENT_PATH",
        environ={"GITHUB_EVENT_PATH": "/nonexistent/event.json"},
    ),
    Broken(
        "a job whose profile the change brings",
        "repository",
        "ANTHROPIC_CONFIG_DIR leads into the checkout",
        prepare=_profile,
        environ={"CI": "true", "ANTHROPIC_CONFIG_DIR": "login"},
    ),
    Broken(
        "a cache that nothing seals",
        "kept",
        "CHARGEHAND_CACHE_SECRET",
        environ={**CI, "ANTHROPIC_AUTH_TOKEN": "t"},
        without=("ANTHROPIC_API_KEY",),
        asked=Asked(cache=Path("cache")),
    ),
    Broken(
        "a file in the cache's place", "kept", "is a file", {"cache": ""}, asked=Asked(cache=Path("cache"))
    ),
    Broken(
        "a folder in the state's place",
        "kept",
        "is a folder",
        prepare=_folder("state"),
        asked=Asked(state=Path("state")),
    ),
    Broken(
        "a state in a folder that is gone", "kept", "is not there", asked=Asked(state=Path("gone/state.json"))
    ),
    Broken("a cap of nothing", "caps", "max_spend is $0, and the first call", _toml("max_spend = 0\n")),
    Broken("a cap of less than a call", "caps", "may cost", _toml("threads = 4\nmax_spend = 0.0001\n")),
    Broken("a cap of nothing in a variable", "caps", "is $0", environ={"CHARGEHAND_MAX_SPEND": "0"}),
    Broken(
        "a budget of nothing",
        "caps",
        "is over budget (exit code 4)",
        _toml("pr_budget = 0\n"),
        asked=Asked(state=Path("state.json")),
    ),
    Broken("a log that is gone", "kept", "Have its tool run before", _toml('sarif_in = ["gone.sarif"]\n')),
    Broken("logs that no name fits", "kept", "no file is named so", _toml('sarif_in = ["out/*.sarif"]\n')),
    Broken("a baseline that is gone", "kept", "cannot be read", _toml('baseline = "gone.json"\n')),
    Broken(
        "comments without a token",
        "posting",
        "no token for GitHub",
        environ=CI,
        asked=Asked(is_commenting=True),
    ),
    Broken(
        "comments without the library",
        "extras",
        "cannot be posted",
        environ={"GITLAB_CI": "true", "GITLAB_TOKEN": "t"},
        asked=Asked(is_commenting=True),
        missing=("gitlab",),
        typed={"pip install 'chargehand[gitlab]'": lambda _: "gitlab"},
    ),
    Broken(
        "an action that is pinned to nothing",
        "workflows",
        "all zeros",
        _workflow(("@v0.1.0", f"@{40 * '0'} # v0.1.0")),
    ),
    Broken(
        "a workflow that may not comment",
        "workflows",
        "pull-requests: write",
        _workflow(("      pull-requests: write\n", "")),
    ),
    Broken(
        "a workflow that may only read checks",
        "workflows",
        "checks: write",
        _workflow(("checks: write", "checks: read")),
    ),
    Broken(
        "a workflow with permissions in braces",
        "workflows",
        "pull-requests: write",
        _workflow(
            ("    permissions:\n", "    permissions: { contents: read, checks: write }\n"),
            ("      contents: read\n      pull-requests: write\n      checks: write\n", ""),
        ),
    ),
    Broken(
        "a workflow that hands over no key",
        "workflows",
        "hands over no key",
        _workflow(
            ("          api-key: ${{ secrets.ANTHROPIC_API_KEY }}\n", ""),
            ('          comment: "true"\n', '          fleet: "5"\n'),
        ),
    ),
    Broken(
        "a workflow that may not upload",
        "workflows",
        "security-events: write",
        _workflow(
            (
                "      - uses: chargehand",
                "      - uses: github/codeql-action/upload-sarif@v4\n      - uses: chargehand",
            )
        ),
    ),
    Broken(
        "hooks that are not installed",
        "hooks",
        "pre-push is not installed",
        {
            ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/chargehand/chargehand\n"
            "    rev: v0.1.0\n    hooks:\n      - id: chargehand\n"
        },
        typed={"pre-commit install --hook-type pre-commit --hook-type pre-push": _install_hooks},
    ),
    Broken(
        "an action that is too old for the configuration",
        "versions",
        "does not know fail_on; 0.1.0 does",
        _workflow(("@v0.1.0", "@v0.0.9")) | _toml('fail_on = "low"\n'),
    ),
    Broken(
        "a job, an include and a hook that are too old",
        "versions",
        "does not know lenses and lenses.paths; 0.1.0 does",
        {
            ".circleci/config.yml": "- run: pip install 'chargehand[bedrock]==0.0.8'\n",
            ".gitlab-ci.yml": "include:\n  - component: $CI_SERVER_FQDN/tools/chargehand/chargehand@0.0.6\n"
            "  - project: tools/chargehand\n    ref: v0.0.5\n",
            ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/other/tool\n    rev: v0.0.1\n"
            "  - repo: https://github.com/chargehand/chargehand\n    rev: v0.0.4\n",
        }
        | _toml('[lenses.style]\npaths = ["*.py"]\n'),
    ),
    Broken(
        "tables that lack something, and a word in one that is none",
        "configuration",
        "has no instructions of its own",
        _toml(
            '[lenses.perf]\npurpose = "x"\n\n[[suppressions]]\nrule = "tests/missing"\n\n'
            '[gate.lenses]\nstlye = "never"\n\n[prices."m"]\ninput = 1\n'
        ),
    ),
    Broken(
        "YAML, and a list that is not closed",
        "configuration",
        "is not TOML",
        _toml('fail_on: high\n[paths]\nignore = ["a",\ninclude = []\n'),
    ),
    Broken(
        "no lens that is on",
        "configuration",
        "every lens is switched off",
        _toml("".join(f"[lenses.{lens}]\nenabled = false\n\n" for lens in BUILT_IN_LENSES)),
    ),
    Broken("text in Latin-1", "configuration", "is not UTF-8", prepare=_latin),
    Broken(
        "a folder in the configuration's place",
        "configuration",
        "Is a dir",
        prepare=_folder(".chargehand.toml"),
    ),
    Broken(
        "a configuration that is not there",
        "configuration",
        "gone.toml cannot be read",
        asked=Asked(config=Path("gone.toml")),
    ),
    Broken(
        "a value in our table's place",
        "configuration",
        "should be a table",
        {"pyproject.toml": '[project]\nname = "x"\n\n[tool]\nchargehand = 3\n'},
    ),
)
