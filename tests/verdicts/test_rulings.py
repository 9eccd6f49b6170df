"""What evidence comes to: six rulings, each with a sentence that says why."""

from math import inf, nan

import pytest

from app.core.errors import Invalid
from app.models import CaseState, Ruling
from app.verdicts.evidence import Evidence, Rerun
from app.verdicts.policy import BY_DEFAULT, MetricRule, Policy, PolicyInForce, check_metrics
from app.verdicts.schemas import Verdict
from app.verdicts.verdict import judge, judge_together
from tests.verdicts.factory import evidence


def under(found: Evidence, **policy: object) -> Verdict:
    return judge(found, PolicyInForce(Policy.model_validate(policy)))


def ruled(found: Evidence, **policy: object) -> tuple[Ruling, str]:
    verdict = under(found, **policy)
    return verdict.verdict, verdict.sentence


GOOD, BAD = [1.0] * 100, [1.0] * 60 + [0.2] * 40


def test_a_candidate_that_answers_alike_passes():
    """A hundred pairs without a drop are within every margin, and the sentence says how many."""
    verdict = judge(evidence(GOOD, GOOD), BY_DEFAULT)

    assert Ruling.passed is verdict.verdict
    assert "v2 is no worse than v1" in verdict.sentence
    assert "100 pairs" in verdict.sentence
    assert verdict.settle is None
    assert all(row.within_margin and not row.worse for row in verdict.metrics)


def test_a_candidate_that_breaks_answers_regresses():
    """The sentence has the numbers, the cases that broke are listed, the worst first."""
    verdict = judge(evidence(GOOD, BAD), BY_DEFAULT)

    assert Ruling.regression is verdict.verdict
    assert "v2 is worse than v1: score 0.68 against 1.00 (−0.32" in verdict.sentence
    assert 40 == verdict.changes.newly_failing_count == len(verdict.changes.newly_failing)
    assert verdict.changes.worst_drops[0].candidate == 0.2
    assert ["score", "failure"] == [row.metric for row in verdict.metrics]
    assert all(row.worse for row in verdict.metrics)


def test_few_pairs_are_no_evidence_and_say_how_many_are():
    """Twelve cases prove nothing, however bad; what would settle it is a number."""
    verdict = judge(evidence(GOOD[:12], [*GOOD[:10], 0.0, 0.4]), BY_DEFAULT)

    assert Ruling.inconclusive is verdict.verdict
    assert "12 pairs are fewer than the 20" in verdict.sentence
    assert verdict.settle is not None
    assert verdict.settle.examples > 20
    assert f"about {verdict.settle.examples} examples instead of 12" in verdict.sentence


def test_noise_is_not_called_a_regression_nor_a_pass():
    """Between worse and well there is unknown."""
    before, after = [0.9, 0.5] * 20, [0.5, 0.9] * 20
    verdict = judge(evidence(before, after), BY_DEFAULT)

    assert Ruling.inconclusive is verdict.verdict
    assert "could still be −" in verdict.sentence
    assert verdict.metrics[0].minimum_detectable_difference > 0.05
    assert verdict.metrics[0].needed_pairs > 40


def test_a_score_of_two_values_is_told_to_be_finer():
    """0/1 scores need most examples; a finer evaluator is one of the ways out."""
    before = [1.0, 0.0] * 15
    after = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0] * 5

    assert under(evidence(before, after)).settle.finer_score
    assert "more than two values" in ruled(evidence(before, after))[1]


def test_repeats_settle_what_noise_hides():
    """Where the repeats of one example differ more than the examples, more repeats are offered."""
    noisy = [[0.3, 0.9], [0.9, 0.3]] * 20
    verdict = under(evidence(noisy, noisy))

    assert Ruling.inconclusive is verdict.verdict or verdict.settle is None
    assert verdict.metrics[0].noise_floor > 0.05
    assert any("identical runs differ" in warning for warning in verdict.warnings)
    assert 40 == verdict.changes.flaky_count


def test_repeats_settle_nothing_where_the_first_judge_gave_no_score():
    """The policy rests on a second evaluator; the first judged no answer of the candidate."""
    noisy = [[0.3, 0.9], [0.9, 0.3]] * 20
    found = evidence(
        noisy,
        [[None, None]] * 40,
        baseline={"scores": {"score": noisy, "rouge": noisy}},
        candidate={"scores": {"score": [[None, None]] * 40, "rouge": noisy[::-1]}},
    )
    verdict = under(found, metrics=[{"metric": "rouge", "margin": 0.001}])

    assert Ruling.inconclusive is verdict.verdict
    assert verdict.settle is None or verdict.settle.repeats is None


MISSING = [1.0] * 90 + [None] * 10


@pytest.mark.parametrize(
    ("found", "ruling", "said"),
    [
        (evidence([], []), Ruling.invalid, "an empty set proves nothing"),
        (evidence(GOOD, MISSING), Ruling.invalid, "10 of 100 pairs lack a score"),
        (evidence(GOOD, [None] * 100), Ruling.invalid, "no pair has a score"),
        (evidence(GOOD, [*GOOD[:99], nan]), Ruling.invalid, "no number from 0 to 1"),
        (evidence(GOOD, [*GOOD[:99], inf]), Ruling.invalid, "no number from 0 to 1"),
        (evidence(GOOD, [*GOOD[:99], 1.5]), Ruling.invalid, "no number from 0 to 1"),
        (
            evidence(GOOD, MISSING, candidate={"states": {CaseState.budget_skipped: 10}}),
            Ruling.budget_exhausted,
            "the budget ended before 10 cases ran",
        ),
        (
            evidence(GOOD, GOOD, candidate={"snapshot_hash": "t" * 64}),
            Ruling.not_comparable,
            "golden examples differ",
        ),
        (
            evidence(GOOD, GOOD, candidate={"evaluators": {"similarity": "2"}}),
            Ruling.not_comparable,
            "evaluators differ (similarity 1 and similarity 2)",
        ),
        (
            evidence(GOOD, GOOD, candidate={"judge_model": "openai:other"}),
            Ruling.not_comparable,
            "judge models differ",
        ),
        (
            evidence(GOOD, GOOD, candidate={"judge_models": {"correctness": "openai:own"}}),
            Ruling.not_comparable,
            "(openai:mock-judge and openai:mock-judge, openai:own for correctness)",
        ),
        (
            evidence(
                GOOD, GOOD, baseline={"primary": "exact"}, candidate={"primary": "similarity"}
            ),
            Ruling.not_comparable,
            "primary evaluators differ (exact and similarity)",
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Ruling) else "",
)
def test_what_cannot_be_judged_never_passes(found, ruling, said):
    """Missing, unlike and impossible rows each have a ruling of their own and say why."""
    verdict, sentence = ruled(found)

    assert ruling is verdict
    assert said in sentence


def test_an_example_that_occurs_twice_is_invalid():
    """A duplicated result would count twice."""
    found = evidence(GOOD, GOOD)
    twice = found.model_copy(update={"examples": [found.examples[0]] * 100})

    assert (Ruling.invalid, True) == (ruled(twice)[0], "occurs twice" in ruled(twice)[1])


def test_a_few_missing_scores_are_told_with_their_bounds():
    """Under the tolerance they count in no average, and the bounds say what they could hide."""
    verdict = under(evidence(GOOD, [*GOOD[:97], None, None, None]))

    assert Ruling.passed is verdict.verdict
    assert 97 == verdict.n_pairs
    assert any("3 pairs of 100 lack a score" in warning for warning in verdict.warnings)
    assert pytest.approx([-0.03, 0.0]) == verdict.score_if_missing


def test_another_model_is_told_and_compared():
    """Trying another model is what a comparison may be for."""
    verdict = under(evidence(GOOD, GOOD, candidate={"model": "openai:other"}))

    assert Ruling.passed is verdict.verdict
    assert ["models"] == [item.what for item in verdict.differences]
    assert any("models differ" in warning for warning in verdict.warnings)


def one_critical(after: float, **more: object) -> Evidence:
    return evidence(GOOD, [after, *GOOD[1:]], critical=[0], **more)


def test_a_critical_example_waits_for_more_runs():
    """One flip does not block, and does not pass."""
    verdict, sentence = ruled(one_critical(0.0))

    assert Ruling.inconclusive is verdict
    assert "1 critical example failed once: 3 runs decide" in sentence


@pytest.mark.parametrize(
    ("again", "ruling"),
    [
        ([0.0, 0.0, 1.0], Ruling.regression),
        ([0.0, 0.0, 0.0], Ruling.regression),
        ([0.0, 1.0, 1.0], Ruling.passed),
        ([0.0, None, 0.0], Ruling.inconclusive),
    ],
)
def test_a_critical_example_blocks_when_most_of_its_runs_fail(again, ruling):
    """The runs after the first decide; one that was not judged does not count."""
    rerun = Rerun(position=0, baseline=[1.0] * 3, candidate=again)

    assert ruling is ruled(one_critical(0.0, reruns=[rerun]))[0]


def test_a_critical_example_that_always_failed_blocks_nothing():
    """The baseline fails it too once it is run again: nothing got worse."""
    rerun = Rerun(position=0, baseline=[0.0] * 3, candidate=[0.0] * 3)

    assert Ruling.passed is ruled(one_critical(0.0, reruns=[rerun]))[0]


def test_a_critical_example_without_a_score_keeps_from_passing():
    """Not judged is not passed."""
    found = evidence(GOOD, [None, *GOOD[1:]], critical=[0])

    assert (Ruling.inconclusive, True) == (
        ruled(found)[0],
        "1 critical example without a score" in ruled(found)[1],
    )


@pytest.mark.parametrize(
    ("before", "after", "ruling"),
    [
        ([None], [0.0], Ruling.inconclusive),
        ([None] * 3, [0.0, None, 0.0], Ruling.inconclusive),
        ([None], [1.0], Ruling.passed),
        ([0.0], [0.0], Ruling.passed),
    ],
)
def test_a_critical_example_that_fails_beside_an_unjudged_baseline_does_not_pass(
    before, after, ruling
):
    """Nobody knows whether it failed before: no regression, and no pass; what passes is well."""
    found = evidence([before, *GOOD[1:]], [after, *GOOD[1:]], critical=[0])
    verdict = under(found)

    assert ruling is verdict.verdict
    assert (ruling is Ruling.inconclusive) == ("1 critical example without" in verdict.sentence)
    assert [] == verdict.changes.critical


@pytest.mark.parametrize(
    ("policy", "ruling", "said"),
    [
        ({"max_cost_ratio": 1.5}, Ruling.regression, "it costs 2.00 times as much"),
        ({"max_latency_ratio": 1.5}, Ruling.regression, "it takes 3.00 times as much"),
        ({"max_cost_ratio": 2.5, "max_latency_ratio": 4}, Ruling.passed, "no worse"),
        ({"require_certificate": True}, Ruling.inconclusive, "no valid certificate"),
        ({"evaluator": "correctness"}, Ruling.inconclusive, "rests on correctness"),
        ({"minimum_pairs": 101}, Ruling.inconclusive, "fewer than the 101"),
        ({"metrics": [{"metric": "score", "margin": 0.001}]}, Ruling.inconclusive, "margin"),
    ],
    ids=str,
)
def test_a_policy_may_ask_for_more(policy, ruling, said):
    """Money, time, a certified judge, a certain evaluator, more pairs, a smaller margin."""
    found = evidence(GOOD, GOOD, candidate={"cost_usd": 2.0, "latency_p95_ms": 300.0})
    verdict, sentence = ruled(found, **policy)

    assert ruling is verdict
    assert said in sentence


def test_an_unknown_cost_does_not_pass_a_limit_on_it():
    """Unknown is not within."""
    found = evidence(GOOD, GOOD, candidate={"cost_usd": None})

    assert (Ruling.inconclusive, True) == (
        ruled(found, max_cost_ratio=2)[0],
        "cost is unknown" in ruled(found, max_cost_ratio=2)[1],
    )


def test_a_certified_judge_passes_where_one_is_demanded():
    """The certificate is part of the evidence."""
    found = evidence(GOOD, GOOD, certified_until="2027-01-31")

    assert Ruling.passed is ruled(found, require_certificate=True)[0]


def test_lower_is_better_where_the_policy_says_so():
    """A hallucination rate that rises is worse, and is shown in its own unit."""
    rates = {"hallucination_rate": [[0.0]] * 100}, {"hallucination_rate": [[0.5]] * 100}
    found = evidence(
        GOOD,
        GOOD,
        baseline={"scores": {"score": [[1.0]] * 100, **rates[0]}},
        candidate={"scores": {"score": [[1.0]] * 100, **rates[1]}},
    )
    verdict = under(found, metrics=[{"metric": "hallucination_rate"}])
    (row,) = (row for row in verdict.metrics if row.gating)

    assert Ruling.regression is verdict.verdict
    assert (0.0, 0.5, 0.5, "lower") == (row.baseline, row.candidate, row.difference, row.direction)
    assert row.interval[0] > 0
    assert row.worst > 0.5


def test_many_candidates_are_one_family():
    """What would be a finding alone need not be one among twenty."""
    slight = [1.0] * 96 + [0.2] * 4
    alone = evidence([1.0] * 100, slight)
    others = [evidence(GOOD, GOOD) for _ in range(19)]
    together = judge_together([alone, *others], BY_DEFAULT)[0]
    first, among = judge(alone, BY_DEFAULT).metrics[0], judge(together, BY_DEFAULT).metrics[0]

    assert 38 == len(together.other_p_values)
    assert first.p_value == among.p_value
    assert first.adjusted_p < among.adjusted_p


def test_slices_are_corrected_for_how_many_there_are():
    """One tag's cases broke: it stands first, with a q and not a bare p."""
    after = [0.0] * 10 + [1.0] * 90
    tags = {position: ["refunds" if position < 10 else "other"] for position in range(100)}
    verdict = under(evidence(GOOD, after, tags=tags))

    assert ["refunds", "other"] == [row.tag for row in verdict.slices]
    assert (10, -1.0) == (verdict.slices[0].n_pairs, verdict.slices[0].difference)
    assert verdict.slices[0].p_value < verdict.slices[0].q_value < 0.05


def test_examples_of_one_source_fail_together():
    """Forty examples of two sources are two witnesses, not forty."""
    after = [0.4] * 20 + [1.0] * 20
    tags = {position: [f"group:{position // 20}"] for position in range(40)}

    assert Ruling.regression is ruled(evidence([1.0] * 40, after))[0]
    assert Ruling.inconclusive is ruled(evidence([1.0] * 40, after, tags=tags))[0]


def test_an_unknown_metric_is_named_with_its_nearest():
    """A typo in a policy would else be a gate that judges nothing."""
    policy = Policy(metrics=[MetricRule(metric="similarty")])
    with pytest.raises(Invalid) as refused:
        check_metrics(policy, ["similarity", "rouge"])

    assert "did you mean 'similarity'?" in refused.value.errors[0].detail
