"""Closed lists of English the tokeniser needs; everything learnt from data is in the json files."""


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


ABBREVIATIONS = frozenset(
    _words("""
    mr mrs ms dr prof sr jr st mt ft gen col lt sgt capt rev hon sen rep gov pres
    dept univ assn bros inc ltd co corp vs etc e.g i.e eg ie cf al approx est fig figs
    vol vols pp ed eds op cit nos jan feb mar apr jun jul aug sep sept oct nov dec
    """)
)

STOP_WORDS = frozenset(
    _words("""
    a about above after again against ain all also although am among an and any are aren as at be
    because been before being below between both but by can cannot could couldn d did didn do does
    doesn doing don down during each either else ever every few for from further had hadn has hasn
    have haven having he hence her here hers herself him himself his how however i if in into is isn
    it its itself just ll m may me might more most much must mustn my myself nor not o of off on
    once only onto or other others our ours ourselves out over own per quite rather re s same shall
    she should shouldn since so some such t than that the their theirs them themselves then there
    therefore these they this those though through thus to too under until up upon us ve very via
    was wasn we were weren what whatever when where whether which while who whom whose why will with
    within without won would wouldn yes yet you your yours yourself yourselves one ones no
    i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've we'll they're they've
    they'll that's there's here's what's who's let's isn't aren't wasn't weren't don't doesn't
    didn't can't couldn't won't wouldn't shouldn't hasn't haven't hadn't
    """)
)

# Words for talking about the talk itself: a sentence with nothing else in it claims nothing about
# the world ("Sure, I hope this helps!", "The context does not say.").
TALK_WORDS = frozenset(
    _words("""
    absolutely afraid ahead answer anything apologies apologise apologize ask assist assistance
    based certainly clarify come contain context course detail document explain feel find follow
    free further get glad give given good great happy hear hello help helpful hesitate hey hi hope
    include inform information know let like look mention need ok okay passage please provide
    question reach read reply request respond response right say see something sorry source specify
    sure tell text thank thanks think understand unfortunately want welcome well wonderful
    """)
)

_UNITS = _words("""
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
""")
_TENS = _words("thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = _words("first second third fourth fifth sixth seventh eighth ninth tenth")
_MONTHS = _words("""
    january february march april may june july august september october november december
""")

# "one" is missing on purpose: it is a pronoun more often than a number.
COUNTING = {word: value for value, word in enumerate(_UNITS, start=2)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, start=3)
}
ORDINALS = {word: value for value, word in enumerate(_ORDINALS, start=1)}
MONTHS = {word: value for value, word in enumerate(_MONTHS, start=1)}
MONTHS |= {word[:3]: value for word, value in MONTHS.items()}
SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
}
