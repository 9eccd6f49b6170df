"""Which passwords are refused: too short, too long, among the first ones anybody would guess."""

from app.core.errors import invalid
from app.core.security import normalised

SHORTEST, LONGEST = 8, 128

# The stems behind most of the passwords in public leaks; digits and case around them are ignored.
_STEMS = """
password passwort passw0rd p@ssword p@ssw0rd qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl
zxcvbn zxcvbnm letmein welcome willkommen iloveyou admin administrator root user guest login
master superman batman dragon monkey football baseball basketball princess sunshine shadow
michael jennifer jordan hunter trustno starwars pokemon computer internet samsung google
facebook whatever freedom secret changeme default test testtest hello hallo abc abcd abcdef
abcabc aaaaaa qazwsx access flower cheese summer winter spring autumn cookie charlie killer
"""
COMMON_STEMS = frozenset(_STEMS.split())


def _stem(password: str) -> str:
    return password.casefold().strip("0123456789!?.,-_*#$@ ")


def refuse_weak(password: str, *, username: str, email: str, pointer: str = "#/password") -> None:
    """Raises Invalid with the reason; there are no rules on the mix of characters."""
    text = normalised(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise invalid(pointer, f"A password has {SHORTEST} to {LONGEST} characters.")
    own = {username.casefold(), email.casefold(), email.casefold().partition("@")[0]}
    if text.casefold() in own or _stem(text) in own:
        raise invalid(pointer, "A password may not be your name or address.")
    if len(set(text)) < 4 or not _stem(text) or _stem(text) in COMMON_STEMS:
        raise invalid(pointer, "This password is among the first anybody would guess.")
