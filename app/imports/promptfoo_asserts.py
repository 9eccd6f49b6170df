"""What promptfoo's tests assert, each as one of our evaluators or as a line of the report."""

from math import isfinite

from app.evaluators.base import InvalidEvaluatorOptions, build
from app.imports.found import Found, Json, Threshold
from app.imports.plain import listed, mapping
from app.imports.promptfoo_checks import MAPPED, Check
from app.imports.providers import NO_CODE

CODE = frozenset({"javascript", "python", "ruby", "webhook"})
WHY_NOT = {
    **dict.fromkeys(CODE, NO_CODE),
    "contains-json": "An output is JSON as a whole or not: write is-json.",
    "contains-all": "Only what every test asserts has a list of phrases.",
    "is-sql": "The evaluator `sql` compares with an expected query.",
    "moderation": "Categories differ: look at the evaluator `safety`.",
    "select-best": "Versions are compared by experiments.",
    "assert-set": "It has no assertions.",
}
NO_EVALUATOR = "No evaluator here says the same."
NOT_OPTIONS = {
    "provider": "The judge's model is a setting of the platform, or of a panel.",
    "rubricPrompt": "The evaluator has its own words; save others as a judge.",
    "metric": "A score is called by its evaluator's name.",
    "weight": "Evaluators are not weighed against each other; the first one counts.",
    "config": "There are no such options.",
}
TRANSFORMS = ("transform", "contextTransform")
KNOWN = frozenset({"type", "value", "threshold", "assert", *NOT_OPTIONS, *TRANSFORMS})

DEFAULTS = {"rouge-n": 0.75, "bleu": 0.5, "similar": 0.75, "answer-relevance": 0.0}


def read_asserts(found: Found, where: str, value: Json) -> list[Check]:
    """What can be checked here; everything else is in the report, and none of it is executed."""
    checks: list[Check] = []
    for place, entry in enumerate(listed(value)):
        spot = f"{where}[{place}]"
        fields = mapping(entry)
        kind = str(fields.get("type"))
        if kind == "assert-set" and fields.get("assert"):
            _skip_options(found, spot, fields)
            if fields.get("threshold") is not None:
                found.skip(f"{spot}.threshold", "threshold", "All of a set have to hold.")
            checks += read_asserts(found, f"{spot}.assert", fields["assert"])
        elif isinstance(entry, dict):
            check = _check(found, spot, kind, fields)
            checks += [check] if check else []
        else:
            found.skip(spot, entry, "This is no assertion.")
    return checks


def _check(found: Found, where: str, kind: str, fields: dict[str, Json]) -> Check | None:
    value = fields.get("value")
    if any(fields.get(name) for name in TRANSFORMS):
        found.skip(where, kind, f"It judges what code makes of the answer. {NO_CODE}")
        return None
    if any(isinstance(item, str) and item.startswith("file://") for item in listed(value)):
        found.skip(where, kind, "Its value is in another file; write it here.")
        return None
    if kind in {"cost", "latency"}:
        _skip_options(found, where, fields)
        _keep_limit(found, where, kind, fields.get("threshold"))
        return None
    mapped = MAPPED.get(kind)
    check = (
        mapped(Check(where=where, kind=kind, name="", options={}, value=value)) if mapped else None
    )
    if check is None:
        found.skip(where, kind, WHY_NOT.get(kind.removeprefix("not-"), NO_EVALUATOR))
        return None
    problem = _refused(check)
    if problem is not None:
        found.skip(where, kind, problem)
        return None
    _skip_options(found, where, fields)
    _keep_threshold(found, check, fields.get("threshold"))
    return check


def _refused(check: Check) -> str | None:
    """Why the evaluator does not take these options; a value that is yet to be filled in waits."""
    whole = check.options
    if check.fixed is not None and not (isinstance(check.value, str) and "{" in check.value):
        whole = check.options | check.fixed(check.value)
    try:
        build(check.name, whole)
    except InvalidEvaluatorOptions as error:
        return str(error)
    return None


def _skip_options(found: Found, where: str, fields: dict[str, Json]) -> None:
    for name in fields.keys() - KNOWN:
        found.skip(f"{where}.{name}", name, "There is no such option.")
    for name, why in NOT_OPTIONS.items():
        if fields.get(name) is not None and not (name == "weight" and fields[name] == 1):
            found.skip(f"{where}.{name}", name, why)


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        return None
    return float(value) if isfinite(value) else None


def _keep_limit(found: Found, where: str, kind: str, value: Json) -> None:
    most = _number(value)
    if most is None:
        found.skip(where, kind, "It says no number.")
    else:
        metric = "cost_usd" if kind == "cost" else "latency_ms"
        found.thresholds.append(Threshold(where, metric, None, most))


def _keep_threshold(found: Found, check: Check, value: Json) -> None:
    least = _number(DEFAULTS.get(check.kind) if value is None else value)
    if check.kind in {"levenshtein", "similar"}:
        other = "counts edits" if check.kind == "levenshtein" else "compares embeddings"
        ours = "the share of characters" if check.kind == "levenshtein" else "words in common"
        why = f"It {other}, our {check.name} takes {ours}: look for a limit of your own."
        found.skip(f"{check.where}.threshold", "threshold", why)
    elif least is None and value is not None:
        found.skip(f"{check.where}.threshold", value, "It says no number.")
    elif least:
        found.thresholds.append(Threshold(check.where, check.name, least, None))
