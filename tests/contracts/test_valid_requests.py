"""The table the other tests lean on has an entry for every operation, and each is right."""

import pytest

from tests.contracts.furnished import jobs_kept
from tests.contracts.operations import in_api
from tests.contracts.valid_requests import VALID, send

REFUSED = {
    "register": 403,  # sign-up is closed
    "login": 401,  # nobody of that name
    "refresh": 401,  # nor such a token
    "open_session": 401,
    "register_session": 403,
    "follow_sign_in_link": 422,  # nor such a link
    "reset_password": 422,
    "change_me": 409,  # a key is nobody
    "change_password": 409,
    "revoke_my_session": 404,
    "cancel_analysis": 409,  # it has ended
    "cancel_experiment": 409,
    "pause_experiment": 409,
    "resume_experiment": 409,
    "retry_failed_cases": 409,  # no case failed
}
OPERATIONS = sorted(in_api(), key=lambda operation: operation.method == "DELETE")


def test_every_operation_has_a_valid_request():
    """A new route without an entry fails here, before it is forgotten elsewhere."""
    assert {operation.name for operation in in_api()} == set(VALID)


def test_each_is_accepted_in_its_own_workspace(furnished, us):
    """With the ids of its own workspace each does its work: no refusal below is for the form."""
    own, client = furnished("Own"), us
    client.headers["authorization"] = f"Bearer {own.key}"
    with jobs_kept():
        found = {item.name: send(client, item, own.ids) for item in OPERATIONS}
    wrong = {
        name: answer.text
        for name, answer in found.items()
        if answer.status_code != REFUSED.get(name) and not answer.is_success
    }

    assert {} == wrong


@pytest.mark.parametrize("name", REFUSED)
def test_the_refusals_are_the_expected_ones(name, ours, us):
    """What cannot succeed in a settled workspace is refused for that reason and no other."""
    operation = next(item for item in in_api() if item.name == name)

    assert REFUSED[name] == send(us, operation, ours.ids).status_code
