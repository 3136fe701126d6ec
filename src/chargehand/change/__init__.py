"""Decides which change is meant, and reads it and its surroundings from git.

    checkout = find_repository(cwd, environ)            Repository, or NoRepository with the reason
    change = find_change(selection, checkout)           what is reviewed, byte for byte
    counts = read_counts(checkout, change)              git's own count of it, for `check_counts`
    change.rules                                        whose configuration and attributes count
    texts = read_gitattributes(checkout, change, paths) their attributes, by folder
    files = read_files(checkout, commit, paths)         contents at a commit, many for the price of one

git 2.30 or newer is asked; nothing is written to the repository but tree objects, for `--staged`,
and history that a shallow checkout of a CI job lacks.
"""

from chargehand.change.ci.platforms import is_ci, secrets_withheld
from chargehand.change.find import find_change
from chargehand.change.git.counts import Count, check_counts, read_counts
from chargehand.change.git.files import (
    INDEX,
    read_file_at,
    read_files,
    read_gitattributes,
    read_heads,
    read_paths,
    read_where_rules_are,
)
from chargehand.change.git.patch import compare_texts, read_patch_of
from chargehand.change.git.repository import Checkout, NoRepository, Repository, find_repository
from chargehand.change.selection import (
    Automatic,
    FromFile,
    FromStdin,
    Given,
    Hook,
    Range,
    Selection,
    Since,
    Staged,
)
from chargehand.change.subject import repository_name, subject_of

__all__ = [
    "INDEX",
    "Automatic",
    "Checkout",
    "Count",
    "FromFile",
    "FromStdin",
    "Given",
    "Hook",
    "NoRepository",
    "Range",
    "Repository",
    "Selection",
    "Since",
    "Staged",
    "check_counts",
    "compare_texts",
    "find_change",
    "find_repository",
    "is_ci",
    "read_counts",
    "read_file_at",
    "read_files",
    "read_gitattributes",
    "read_heads",
    "read_patch_of",
    "read_paths",
    "read_where_rules_are",
    "repository_name",
    "secrets_withheld",
    "subject_of",
]
