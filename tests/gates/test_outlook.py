"""What a gate would say to a version, told before anybody moves the label."""

import pytest

from app.core.clock import new_id
from app.models import Ruling
from tests.gates.conftest import GATES


@pytest.fixture
def outlook(client, made):
    """`outlook(2)`: of `production` for version 2."""

    def ask(number: int, label: str = "production") -> dict:
        params = {"version": str(made.version_ids[number - 1]), "label": label}
        answer = client.get(f"{GATES}/outlook", params=params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    return ask


def test_a_label_without_a_gate_is_free_and_a_first_version_is_not(outlook, add_gate):
    """Which labels are protected is told with it; a gate without a label protects none."""
    add_gate(name="nightly")
    add_gate(label="production")

    assert ("free", None) == (outlook(1, "staging")["outlook"], outlook(1, "staging")["gate"])
    first = outlook(1)
    assert ("first", "release", None) == (
        first["outlook"],
        first["gate"]["name"],
        first["verdict"],
    )
    assert ["production"] == first["protected"]


@pytest.mark.parametrize(
    ("ruling", "said"),
    [(Ruling.passed, "pass"), (Ruling.regression, "refused"), (Ruling.inconclusive, "refused")],
)
def test_the_verdict_that_the_gate_goes_by_is_told_with_what_it_says(
    client, judged, outlook, activate, ruling, said
):
    """The move itself then says the same."""
    assert ("held", "unknown") == (outlook(1)["outlook"], outlook(2)["outlook"])
    judged(2, ruling)
    told = outlook(2)

    assert (said, ruling) == (told["outlook"], told["verdict"]["verdict"])
    assert (200 if said == "pass" else 409) == activate(client, 2).status_code


def test_a_pass_that_the_gate_does_not_go_by_is_told_as_such(client, gate, judged, outlook):
    """One under a policy that is in force no more opens nothing."""
    judged(2)
    client.patch(f"{GATES}/{gate['id']}", json={"policy": {"minimum_pairs": 30}})
    told = outlook(2)

    assert ("uncounted", "pass", 2) == (
        told["outlook"],
        told["verdict"]["verdict"],
        told["gate"]["number"],
    )


def test_the_version_that_held_the_label_just_before_may_have_it_back(
    client, judged, outlook, activate
):
    """Whatever is known about it; once it has moved back, forward needs a pass again."""
    judged(2)
    activate(client, 2)
    judged(1, Ruling.regression, baseline=2)

    assert ("back", "regression") == (outlook(1)["outlook"], outlook(1)["verdict"]["verdict"])
    assert 200 == activate(client, 1, reason="It was worse").status_code
    assert "pass" == outlook(2)["outlook"]


def test_a_version_that_is_not_there_has_no_outlook(client):
    """404, and a label that nothing can be called is a 422."""
    asked = {"version": str(new_id())}

    assert 404 == client.get(f"{GATES}/outlook", params=asked).status_code
    assert 422 == client.get(f"{GATES}/outlook", params={**asked, "label": "A B"}).status_code
