"""Which policy an experiment freezes: the named gate's, the label's, or the defaults."""

import pytest

from app.core.clock import new_id
from app.core.database import unit_of_work
from app.core.errors import Invalid
from app.gates import service
from app.verdicts.policy import BY_DEFAULT
from tests.gates.conftest import GATES, STRICT
from tests.support.prompts import make_prompt


@pytest.fixture
def asked(subject, made):
    def ask(prompt_id=None, **values):
        with unit_of_work(subject.workspace_id) as session:
            return service.in_force(session, subject, prompt_id or made.prompt_id, **values)

    return ask


def test_without_a_gate_the_defaults_are_in_force(asked, add_gate):
    """A gate that protects another label or none does not come in by itself."""
    add_gate(label="staging")
    add_gate(name="free")

    assert BY_DEFAULT == asked()


def test_the_gate_of_the_label_is_in_force(client, asked, add_gate):
    """With the number of now, so that a plan says which policy it froze."""
    gate = add_gate(label="production")
    client.patch(f"{GATES}/{gate['id']}", json={"policy": STRICT})
    found = asked()

    assert ("release", gate["id"], 2) == (found.gate, found.gate_id, found.number)
    assert (50, 0.02) == (found.policy.minimum_pairs, found.policy.metrics[0].margin)
    assert BY_DEFAULT == asked(label="staging")


def test_a_named_gate_comes_first(asked, add_gate):
    """By id or by name, whatever protects the label."""
    add_gate(label="production")
    strict = add_gate(name="strict", policy=STRICT)
    by_name, by_id = asked(gate="strict"), asked(gate=strict["id"])

    assert by_name == by_id
    assert ("strict", 50) == (by_name.gate, by_name.policy.minimum_pairs)


def test_a_gate_that_is_not_there_is_no_default(client, subject, asked, add_gate):
    """Unknown, archived, or of another prompt: refused with the names there are."""
    gone = add_gate(name="gone")
    client.delete(f"{GATES}/{gone['id']}")
    add_gate(name="b")
    add_gate(name="a")
    other = make_prompt(subject, examples=0)
    for wanted in ("nonsense", "gone", gone["id"], str(new_id())):
        with pytest.raises(Invalid, match="there are: a, b") as refused:
            asked(gate=wanted)

        assert [("#/gate", "unknown_gate")] == [(e.pointer, e.code) for e in refused.value.errors]
    with pytest.raises(Invalid, match="no gate 'a'; there are: none"):
        asked(other.prompt_id, gate="a")
