"""API keys through HTTP."""


def test_a_key_says_who_it_belongs_to(client):
    """The endpoint every integration tries first tells subject, workspace and scopes."""
    answer = client.get("/api/v1/protected")

    assert 200 == answer.status_code
    assert "key:test" == answer.json()["subject"]


def test_without_a_key_nothing_is_told(client_of):
    """No credential, no answer but how to send one."""
    answer = client_of(None).get("/api/v1/protected")

    assert 401 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert "Bearer" == answer.headers["www-authenticate"]
