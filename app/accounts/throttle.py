"""How often one may try to sign in, register or follow a link."""

from fastapi import Request

from app.accounts.access import address_of
from app.core import rate_limit
from app.core.rate_limit import OnOutage

ATTEMPTS_PER_ACCOUNT = 5
ATTEMPTS_PER_ADDRESS = 30
REFRESHES_PER_MINUTE = 120
LOOKS_PER_MINUTE = 120  # at what a sign-in page has to know


def throttle(request: Request, account: str | None = None) -> None:
    """Refused while Redis cannot count: an outage must not open the door to guessing.

    Without an account where a token says who it is: it is too long to be guessed.
    """
    address = address_of(request)
    rate_limit.hit("sign-in", address, ATTEMPTS_PER_ADDRESS, on_outage=OnOutage.refuse)
    if account is not None:
        throttle_account(request, account)


def throttle_account(request: Request, account: str) -> None:
    rate_limit.hit(
        "sign-in-account",
        f"{account.strip().lower()} {address_of(request)}",
        ATTEMPTS_PER_ACCOUNT,
        on_outage=OnOutage.refuse,
    )
