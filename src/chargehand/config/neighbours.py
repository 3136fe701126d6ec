"""Which known name the writer of an unknown one may have meant."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

# What other tools call our settings, by the table that it stands in, `""` for the top. A likeness of
# letters would lead astray: it takes `exclude` for `include`.
_BORROWED: Mapping[str, Mapping[str, str]] = {
    "": {
        "exclude excludes exclude_paths exclude_patterns exclude_files extend_exclude ignored ignore_paths "
        "ignore_patterns ignore_files path_filters skip skip_files": "paths.ignore",
        "model": "models.worker",
        "jobs workers max_workers num_workers concurrency parallel parallelism processes": "threads",
        "timeout time_limit max_time max_seconds": "deadline",
        "budget max_budget max_cost max_usd cost_limit spend_limit spending_limit": "max_spend",
        "severity min_severity severity_threshold threshold fail_level level fail_under": "fail_on",
        "prompt system_prompt guidelines custom_instructions extra_instructions": "instructions",
        "agents reviewers passes": "lenses",
        "suppress allowlist exceptions ignore_rules": "suppressions",
        "disable disabled_checks skip_checks": "checks.disabled",
        "cost costs pricing": "prices",
        "api_key key token anthropic_api_key": "the variable ANTHROPIC_API_KEY",
        "base_url api_base endpoint url": "the variable ANTHROPIC_BASE_URL",
    },
    "models": {
        "planner judge lead strong large": "orchestrator",
        "reviewer reviewers default model weak cheap small": "worker",
        "fallback backup": "escalation",
    },
    "lenses": {
        "disable disabled skip off": "enabled = false",
        "enable on": "enabled",
        "prompt guidelines rules": "instructions",
        "description title": "purpose",
        "files include includes globs patterns only": "paths",
    },
    "paths": {
        "exclude excludes exclude_paths exclude_patterns exclude_files extend_exclude excluded ignored "
        "ignore_paths ignore_patterns ignore_files skip skip_files denylist": "ignore",
        "force_include allowlist unignore": "include",
        "never private confidential secret_files do_not_send exclude_from_ai": "never_send",
        "max_lines max_file_lines max_file_size max_size": "max_changed_lines",
    },
    "plan": {
        "chunk_size max_tokens tokens max_chunk_tokens": "chunk_tokens",
        "focus task_lines max_task_lines lines_a_task": "focus_lines",
    },
    "context": {
        "enable on use": "enabled",
        "max_tokens limit budget size context_tokens token_limit": "tokens",
        "guidelines guides style_guides style_guide conventions instructions files docs": "guidance",
    },
    "prices": {
        "prompt input_tokens input_price": "input",
        "completion output_tokens output_price": "output",
        "cached cached_input": "cache_read",
    },
    "keep": {
        "days cache_age max_age ttl": "cache_days",
        "megabytes cache_size max_size": "cache_megabytes",
        "state_age": "state_days",
    },
    "no_model": {
        "author users user bots actors accounts skip_authors": "authors",
        "draft skip_drafts": "drafts",
        "label skip_labels": "labels",
        "required_labels require_labels only_labels": "unless_labels",
        "files ignore path": "paths",
    },
    "gate": {"severity severities": "rules", "min_confidence": "confidence", "files": "paths"},
    "comments": {
        "max limit maximum max_comments count": "most",
        "min_severity level threshold": "severity",
        "min_confidence": "confidence",
    },
    "suppressions": {
        "id hash fingerprints": "fingerprint",
        "rule_id rules check": "rule",
        "file files paths glob": "path",
        "justification comment note why": "reason",
        "expires expiry expiration expires_on expire_at valid_until due": "until",
        "guide hint tell_models": "guidance",
    },
    "checks": {
        "disable skip ignore exclude off": "disabled",
        "enable enabled select only": "disabled, which lists those that do not run",
    },
}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, None if none is."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def hint(word: str | None) -> str:
    """Return the end of a sentence that offers `word`."""
    return f"; did you mean {word}?" if word else ""


def listed(names: Iterable[str]) -> str:
    """Return the end of a sentence that lists all `names`."""
    return f"; there are {', '.join(names)}"


def neighbour(name: str, table: str, tables: Mapping[str, Collection[str]]) -> str | None:
    """Return what the unknown key `name` of `table` may have meant, None if nothing comes near.

    `tables` are the known keys of each table; `""` is the top of the file.
    """
    written = name.lower().replace("-", "_").replace(" ", "_")
    if written in tables[table]:
        return written
    borrowed = (ours for words, ours in _BORROWED.get(table, {}).items() if written in words.split())
    return next(borrowed, None) or _elsewhere(written, tables) or nearest(name, tables[table])


def _elsewhere(name: str, tables: Mapping[str, Collection[str]]) -> str | None:
    """Return where `name` belongs, None unless just one table has it: a key counts for the table above it."""
    homes = [table for table, keys in tables.items() if name in keys]
    if "" in homes:
        return f"{name}, before the first table"
    return f"{homes[0]}.{name}" if len(homes) == 1 else None
