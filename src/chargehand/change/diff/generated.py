"""Says which files programs wrote, by their path alone."""

from collections.abc import Iterator

from chargehand.change.diff import known
from chargehand.core.diff import SkipReason

Kind = tuple[SkipReason, str]


def kind_of(path: str) -> Kind | None:
    """Return what a file of this name is, and a sentence about it; None if people may have written it."""
    *folders, name = path.lower().split("/")
    if name in known.LOCK_FILES:
        return SkipReason.LOCK_FILE, "A package manager writes it."
    if name.endswith(known.MINIFIED_ENDINGS):
        return SkipReason.MINIFIED, "Its name is that of minified code."
    if path.lower().endswith(known.GENERATED_ENDINGS):
        return SkipReason.GENERATED, "Its name is that of generated code."
    if known.BUNDLE_FOLDER in folders and name.endswith(known.BUNDLE_ENDINGS):
        return SkipReason.GENERATED, "It lies in a folder dist/ of a package, as what a bundler writes."
    if not known.GENERATED_FOLDERS.isdisjoint(folders):
        return SkipReason.GENERATED, "It lies in a folder of generated files."
    return None


def vouching(path: str) -> tuple[str, ...]:
    """Return files of which one must be there for the name of `path` to mean anything; empty if none must."""
    folder, slash, name = path.rpartition("/")
    if manifests := known.LOCK_FILES.get(name.lower()):
        return tuple(f"{folder}{slash}{manifest}" for manifest in manifests)
    parts = path.split("/")
    lowered = [part.lower() for part in parts[:-1]]
    if known.BUNDLE_FOLDER not in lowered:
        return ()
    package = "".join(f"{part}/" for part in parts[: lowered.index(known.BUNDLE_FOLDER)])
    return tuple(package + manifest for manifest in known.BUNDLE_MANIFESTS)


def vendored_under(path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each folder of `path` named like a vendored tree, and the manifests that vouch for it."""
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        if manifests := known.VENDOR_FOLDERS.get(part.lower()):
            beside = "".join(f"{each}/" for each in parts[:at])
            inside = f"{beside}{part}/"
            package = f"{inside}{parts[at + 1]}/"
            yield (
                part,
                tuple(each.format(beside=beside, inside=inside, package=package) for each in manifests),
            )
