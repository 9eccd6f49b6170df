"""What several replies of one judge agree on, claim by claim.

Each reply lists the claims in its own words. Claims of different replies are the same claim if
they quote the same stretch of the output or are nearly the same sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.evaluators.base import Claim

# Two claims at least this alike, 0 to 1, are one: half of the stretch they quote together, or
# eight letters in ten of their sentences.
SAME_STRETCH = 0.5
SAME_SENTENCE = 0.8

# The better the claim stands, the lower; the median of an even number is its worse half.
_GRAVITY = {"supported": 0, "not_found": 1, "contradicted": 2}


@dataclass(slots=True)
class _Group:
    votes: list[Claim]
    reply: int  # the last reply that voted: each votes once


def agreed(replies: Sequence[Sequence[Claim]]) -> list[Claim]:
    """One claim for each that any of the replies lists, with the verdict of the majority.

    A reply that does not list a claim holds it not check-worthy. Check-worthy is what more than
    half of the replies hold so; its verdict is then the median of theirs, the worse where two
    stand in the middle.
    """
    groups: list[_Group] = []
    for number, claims in enumerate(replies):
        pairs = [
            (likeness, at, group)
            for at, claim in enumerate(claims)
            for group in groups
            if (likeness := _likeness(claim, group.votes[0])) > 0
        ]
        left = set(range(len(claims)))
        for _, at, group in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
            if at in left and group.reply != number:
                group.votes.append(claims[at])
                group.reply = number
                left.remove(at)
        groups += [_Group(votes=[claims[at]], reply=number) for at in sorted(left)]
    found = [_verdict(group.votes, len(replies)) for group in groups]
    return sorted(found, key=lambda claim: (claim.start is None, claim.start or 0))


def _likeness(one: Claim, other: Claim) -> float:
    """0 for two different claims, else more the more alike they are."""
    stretch = _overlap(one, other)
    sentence = fuzz.ratio(one.text.casefold(), other.text.casefold()) / 100
    same = stretch >= SAME_STRETCH or sentence >= SAME_SENTENCE
    return stretch + sentence if same else 0.0


def _overlap(one: Claim, other: Claim) -> float:
    """Common characters of the output by all that either quotes."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return 0.0
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))


def _verdict(votes: list[Claim], replies: int) -> Claim:
    worthy = sorted(
        (vote for vote in votes if vote.verdict != "not_checkworthy"),
        key=lambda vote: _GRAVITY[vote.verdict],
    )
    if 2 * len(worthy) > replies:
        return worthy[len(worthy) // 2]
    unworthy = [vote for vote in votes if vote.verdict == "not_checkworthy"]
    if unworthy:
        return unworthy[0]
    lone = votes[0]
    return Claim(
        text=lone.text,
        verdict="not_checkworthy",
        reason="Most replies of the judge do not list it.",
        quote=lone.quote,
        start=lone.start,
        end=lone.end,
    )
