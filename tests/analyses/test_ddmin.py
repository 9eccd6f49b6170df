"""Delta debugging against scripted oracles: what breaks is known, and every question is counted."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from app.analyses.ddmin import Ask, Smallest, Subset, ddmin
from app.analyses.outcomes import Outcome

Oracle = Callable[[Subset], Outcome]


def run(size: int, oracle: Oracle) -> tuple[Smallest, list[Subset]]:
    """The answer and every subset asked about, all of them first."""
    everything = frozenset(range(1, size + 1))
    known: dict[Subset, Outcome] = {everything: Outcome.regressed}
    asked: list[Subset] = []
    while isinstance(step := ddmin(size, known), Ask):
        assert step.subset not in known
        assert step.subset < step.suspects
        known[step.subset] = oracle(step.subset)
        asked.append(step.subset)
    return step, asked


def breaking(*causes: int) -> Oracle:
    """Regresses where all of the causes are applied."""
    needed = frozenset(causes)
    return lambda subset: Outcome.regressed if needed <= subset else Outcome.not_worse


@given(size=st.integers(1, 16), data=st.data())
def test_any_set_of_causes_is_found_exactly(size, data):
    """With an oracle that breaks when all causes are there, the smallest set is those causes."""
    causes = data.draw(st.frozensets(st.integers(1, size), min_size=1, max_size=size))
    found, asked = run(size, breaking(*causes))

    assert causes == found.suspects
    assert len(asked) <= size * size + 3 * size  # the published worst case


@given(size=st.integers(1, 7), data=st.data())
@settings(max_examples=200)
def test_the_answer_is_one_minimal_whatever_the_oracle_says(size, data):
    """Any outcomes at all, unresolved ones included: no single unit can be left out and regress."""
    outcomes: dict[Subset, Outcome] = {}

    def oracle(subset: Subset) -> Outcome:
        if subset not in outcomes:
            outcomes[subset] = data.draw(st.sampled_from(Outcome))
        return outcomes[subset]

    found, _ = run(size, oracle)
    everything = frozenset(range(1, size + 1))

    assert found.suspects == everything or outcomes[found.suspects] is Outcome.regressed
    assert all(outcomes[subset] is not Outcome.regressed for subset in found.without)
    if len(found.suspects) > 1:
        assert {found.suspects - {unit} for unit in found.suspects} == set(found.without)


def test_one_cause_of_many_costs_two_logarithms():
    """The usual case: a change of 64 lines, one of which breaks."""
    found, asked = run(64, breaking(23))

    assert frozenset({23}) == found.suspects
    assert () == found.without
    assert len(asked) <= 12


def test_parts_that_are_no_prompt_hold_together():
    """Units 2 and 3 open and close a block: apart they do not parse, together they break it."""

    def oracle(subset: Subset) -> Outcome:
        if (2 in subset) is not (3 in subset):
            return Outcome.unresolved
        return Outcome.regressed if {2, 3} <= subset else Outcome.not_worse

    found, _ = run(4, oracle)

    assert frozenset({2, 3}) == found.suspects
    assert {frozenset({2}), frozenset({3})} == set(found.without)


def test_the_suspects_shrink_as_answers_come_in():
    """What is known when a budget ends is the smallest set seen to regress."""
    everything = frozenset(range(1, 5))
    known = {everything: Outcome.regressed, frozenset({1, 2}): Outcome.regressed}

    assert Ask(frozenset({1}), frozenset({1, 2})) == ddmin(4, known)


def test_a_single_unit_needs_no_question():
    """Without it there is the good version, which is good by definition."""
    assert Smallest(frozenset({1}), ()) == ddmin(1, {frozenset({1}): Outcome.regressed})
