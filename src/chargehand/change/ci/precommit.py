"""pre-commit: the range that its hook was given, as https://pre-commit.com/#pre-push says."""

from chargehand.change.ci.event import Environ, HookRange
from chargehand.core.errors import ChangeError


def hook_range(environ: Environ) -> HookRange | None:
    """Return the range that a hook is about, None if it was given none.

    Raises `ChangeError` for the first push of a history, which has no beginning.
    """
    base, head = environ.get("PRE_COMMIT_FROM_REF"), environ.get("PRE_COMMIT_TO_REF")
    is_push = bool(environ.get("PRE_COMMIT_REMOTE_NAME"))
    if base and head:
        return HookRange(base=base, head=head, is_push=is_push)
    if is_push:
        raise ChangeError(
            "Nothing was reviewed, and nothing was spent: on the first push to a remote there is nothing to "
            "compare with, and a whole history is only reviewed if you ask for it. Push with "
            "SKIP=chargehand this once."
        )
    return None
