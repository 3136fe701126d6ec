"""The JSON report: the published contract, spelled out field by field.

schemas/report.schema.json describes each.
"""

from chargehand import __version__
from chargehand.core.baseline import Compared
from chargehand.core.context import Beside
from chargehand.core.coverage import Coverage
from chargehand.core.diff import Diff, FileDiff, Skip
from chargehand.core.finding import Dismissed, Finding, Merged, ToolRule
from chargehand.core.money import decimal_string
from chargehand.core.probe import Probe
from chargehand.core.review import Review, Timing
from chargehand.core.verdict import Status, Verdict
from chargehand.reports.document import Json, as_text
from chargehand.reports.for_comments import for_comments
from chargehand.reports.json_bill import bill_json, call_json
from chargehand.reports.notifications import replaces_earlier

SCHEMA_VERSION = 1


def render(review: Review, verdict: Verdict) -> str:
    """Return the JSON report."""
    return as_text(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "chargehand", "version": __version__},
            "mode": review.mode,
            "unasked": {"reason": review.unasked.reason, "pending": review.unasked.is_pending}
            if review.unasked
            else None,
            "change": _change(review),
            "verdict": _verdict(review, verdict),
            "rules": _rules(review),
            "baseline": _baseline(review.baseline) if review.baseline else None,
            "summary": review.summary,
            "findings": [_finding(finding) for finding in review.findings],
            "dismissed": [_dismissed(each) for each in review.dismissed],
            "coverage": [_coverage(each) for each in review.coverage],
            "skipped_files": _skipped_files(review.diff),
            "gaps": list(review.gaps),
            "notices": list(review.notices),
            "tools": list(review.tools),
            "bill": bill_json(review.bill, review.calls),
            "calls": [call_json(call) for call in review.calls],
            "timing": _timing(review.timing),
            "context": _context(review.beside) if review.beside else None,
            "probes": [_probe(each) for each in review.probes],
            "comments": for_comments(review),
        }
    )


def _context(beside: Beside) -> dict[str, Json]:
    return {
        "unlooked": beside.unlooked or None,
        "kinds": [
            {"kind": each.kind.value, "shown": each.shown, "left_out": each.left_out}
            for each in beside.counted
        ],
    }


def _change(review: Review) -> dict[str, Json]:
    return {
        "source": review.change.source,
        "base": review.change.base,
        "head": review.change.head,
        "repository": review.change.repository,
        "branch": review.change.branch or None,
        "page": review.change.pages.address if review.change.pages else None,
        "files": [_file(file) for file in review.diff.counted],
    }


def _file(file: FileDiff) -> dict[str, Json]:
    return {
        "path": file.path,
        "old_path": file.old_path,
        "status": file.status,
        "added": file.added,
        "removed": file.removed,
    }


def _rules(review: Review) -> dict[str, Json]:
    rules = review.change.rules
    return {
        "from": rules.origin,
        "commit": rules.commit,
        "branch": rules.branch or None,
        "announced": list(rules.announced),
    }


def _verdict(review: Review, verdict: Verdict) -> dict[str, Json]:
    return {
        "status": verdict.status.value,
        "complete": verdict.status is not Status.ERROR and replaces_earlier(review),
        "exit_code": verdict.exit_code,
        "reasons": list(verdict.reasons),
        "failing": [each.value for each in verdict.failing],
        "blocking": list(verdict.blocking),
    }


def _finding(finding: Finding) -> dict[str, Json]:
    suggestion = finding.suggestion
    return {
        "fingerprint": finding.fingerprint,
        "fingerprint_v2": finding.fingerprint_v2,
        "rule": finding.rule,
        "lens": finding.lens,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "title": finding.title,
        "message": finding.message,
        "path": finding.path,
        "start_line": finding.start_line,
        "end_line": finding.end_line,
        "anchor": finding.anchor,
        "line": finding.line,
        "old_line": finding.old_line,
        "quote": finding.quote,
        "code": finding.code,
        "note": finding.note,
        "is_approximate": finding.is_approximate,
        "suggestion": suggestion.code if suggestion else "",
        "suggestion_start_line": suggestion.start_line if suggestion else None,
        "suggestion_end_line": suggestion.end_line if suggestion else None,
        "model": finding.model,
        "tool": _tool(finding.tool) if finding.tool else None,
        "state": finding.state,
        "is_changed": finding.is_changed,
        "suppression": finding.suppression,
        "suppressed_in": finding.suppressed_in or None,
        "is_cached": finding.is_reused,
        "graded": {"from": finding.graded.was.value, "reason": finding.graded.reason}
        if finding.graded
        else None,
        "judged_by": finding.judged_by or None,
        "also_at": [{"path": each.path, "line": each.line} for each in finding.also_at],
        "merged": [_merged(each) for each in finding.merged],
    }


def _tool(rule: ToolRule) -> dict[str, Json]:
    return {"name": rule.tool, "rule": rule.id, "title": rule.title, "help_uri": rule.help_uri or None}


def _baseline(compared: Compared) -> dict[str, Json]:
    return {
        "name": compared.name,
        "head": compared.head or None,
        "complete": not compared.is_partial,
        "findings": compared.total,
        "existing": compared.existing,
        "gone": [
            {
                "fingerprint": each.fingerprint,
                "fingerprint_v2": each.fingerprint_v2,
                "rule": each.rule,
                "title": each.title,
                "path": each.path,
            }
            for each in compared.gone
        ],
    }


def _merged(merged: Merged) -> dict[str, Json]:
    return {
        "rule": merged.rule,
        "lens": merged.lens,
        "severity": merged.severity.value,
        "title": merged.title,
        "message": merged.message,
        "path": merged.path,
        "line": merged.line,
        "model": merged.model,
        "reason": merged.reason,
    }


def _dismissed(dismissed: Dismissed) -> dict[str, Json]:
    return {**_finding(dismissed.finding), "reason": dismissed.reason}


def _coverage(coverage: Coverage) -> dict[str, Json]:
    return {
        "path": coverage.path,
        "lens": coverage.lens,
        "outcome": coverage.outcome,
        "model": coverage.model,
        "reason": coverage.reason,
        "is_cached": coverage.is_reused,
    }


def _skipped_files(diff: Diff) -> list[Json]:
    """Return each reason of a path once: both sides of a file that becomes a link may have the same."""
    reasons = dict.fromkeys((file.path, file.skip) for file in diff.skipped)
    return [_skipped_file(path, skip) for path, skip in reasons if skip]


def _skipped_file(path: str, skip: Skip) -> dict[str, Json]:
    return {"path": path, "reason": skip.reason.value, "by": skip.by.value, "detail": skip.detail}


def _probe(probe: Probe) -> dict[str, Json]:
    return {
        "lens": probe.lens,
        "model": probe.model,
        "kind": probe.kind,
        "noticed": probe.noticed,
        "cost_usd": decimal_string(probe.cost_usd),
    }


def _timing(timing: Timing) -> dict[str, Json]:
    return {
        "started_at": timing.started_at,
        "total_s": timing.total_s,
        "plan_s": timing.plan_s,
        "work_s": timing.work_s,
        "judge_s": timing.judge_s,
    }
