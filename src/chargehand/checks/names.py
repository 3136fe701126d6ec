"""Which checks there are, in the order of their claims."""

from importlib import import_module

from chargehand.checks.check import AnyCheck

# Each is a module of this package, with `_` for `-`. The order is that of the claims.
CHECKS = (
    "secrets",
    "conflict-markers",
    "invisible-characters",
    "prompt-injection",
    "configuration",
    "untested-code",
    "deleted-test",
    "executable-bit",
    "link-target",
    "submodule-url",
    "runs-by-itself",
)


def load_check(name: str) -> AnyCheck:
    """Return the check with this name.

    Its module is imported here and not above: the configuration needs the names alone, at every start.
    """
    check: AnyCheck = import_module(f"{__package__}.{name.replace('-', '_')}").CHECK
    return check
