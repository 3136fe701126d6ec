"""Says which files nobody should pay to review, by their path alone."""

from collections.abc import Iterator

from chargehand.change.diff.parse import known
from chargehand.change.diff.parse.skip import Rules
from chargehand.core.diff import Skip, SkipReason


def skip_for_name(path: str, rules: Rules) -> Skip | None:
    """Return why nobody reviews a file of this name."""
    if rules.is_ignored(path):
        return Skip(reason=SkipReason.IGNORED, detail="A pattern of the configuration leaves it out.")
    skips = (*_vendored(path, rules), *_generated(path, rules))
    return next((skip for skip in skips if rules.allows(skip.reason, path)), None)


def _vendored(path: str, rules: Rules) -> Iterator[Skip]:
    """What .gitattributes says counts for more than the name."""
    is_vendored = rules.is_vendored(path)
    folder = next((part for part in path.lower().split("/")[:-1] if part in known.VENDOR_FOLDERS), None)
    if is_vendored:
        yield Skip(reason=SkipReason.VENDORED, detail=".gitattributes says linguist-vendored.")
    elif folder and is_vendored is None:
        yield Skip(
            reason=SkipReason.VENDORED, detail=f"It lies in a folder {folder}/, as code of others does."
        )


def _generated(path: str, rules: Rules) -> Iterator[Skip]:
    is_generated = rules.is_generated(path)
    if is_generated:
        yield Skip(reason=SkipReason.GENERATED, detail=".gitattributes says linguist-generated.")
    elif is_generated is None:
        yield from _unwritten(path.lower())


def _unwritten(path: str) -> Iterator[Skip]:
    *folders, name = path.split("/")
    if name in known.LOCK_FILES:
        yield Skip(reason=SkipReason.LOCK_FILE, detail="A package manager writes it.")
    if name.endswith(known.MINIFIED_ENDINGS):
        yield Skip(reason=SkipReason.MINIFIED, detail="Its name is that of minified code.")
    if path.endswith(known.GENERATED_ENDINGS):
        yield Skip(reason=SkipReason.GENERATED, detail="Its name is that of generated code.")
    if known.BUNDLE_FOLDER in folders and name.endswith(known.BUNDLE_ENDINGS):
        yield Skip(reason=SkipReason.GENERATED, detail="It lies in a folder dist/, as what a bundler writes.")
    if not known.GENERATED_FOLDERS.isdisjoint(folders):
        yield Skip(reason=SkipReason.GENERATED, detail="It lies in a folder of generated files.")
