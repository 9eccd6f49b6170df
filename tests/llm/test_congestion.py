from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.congestion import Level, Window, after, is_over

WINDOWS = st.builds(
    Window,
    seconds=st.floats(1, 5),
    calls=st.integers(20, 500),
    refused=st.integers(0, 500),
    answered=st.integers(0, 500),
    latency_ms=st.floats(0, 1e7),
    in_flight=st.integers(0, 300),
    full=st.booleans(),
).map(lambda seen: replace(seen, refused=min(seen.refused, seen.calls)))


def seen(refused: int = 0, *, ms: float = 200.0, in_flight: int = 64, full: bool = True) -> Window:
    return Window(
        seconds=1,
        calls=100,
        refused=refused,
        answered=100 - refused,
        latency_ms=(100 - refused) * ms,
        in_flight=in_flight,
        full=full,
    )


def through(level: Level, *windows: Window, ceiling: float = 256) -> Level:
    for window in windows:
        level = after(level, window, ceiling)
    return level


@settings(max_examples=40)
@given(st.lists(WINDOWS, max_size=40), st.floats(1, 500))
def test_the_limit_stays_within_its_bounds(windows, ceiling):
    """Whatever is seen, in whatever order: one call at least, never above the ceiling."""
    level = Level(limit=64)
    for window in windows:
        level = after(level, window, ceiling)

        assert 1 <= level.limit <= ceiling
        assert 0 <= level.noise <= 0.3


@given(st.integers(2, 100))
def test_more_refusals_cut_deeper(refused):
    """A tenth at least, a half at most, of what was in flight."""
    level = after(Level(limit=200), seen(refused), 256)

    assert 32 <= level.limit <= 58
    assert 64 == level.refused_at


def test_it_grows_only_where_more_is_wanted():
    """Twice as much while nothing is known; not at all while there is room."""
    assert 128 == through(Level(limit=64), seen()).limit
    assert 64 == through(Level(limit=64), seen(full=False)).limit


def test_a_cut_that_helped_is_kept_and_the_level_remembered():
    """Near where it was refused it grows by one in ten seconds."""
    cut = through(Level(limit=64), seen(30), seen(), seen())
    later = through(cut, *[seen()] * 60)

    assert cut.trial is None
    assert 32 == cut.limit
    assert 57.6 <= later.limit < 64


def test_a_cut_that_did_not_help_is_taken_back():
    """After two the refusals count as the provider's own, and are no reason any more."""
    level = through(Level(limit=64), *[seen(5)] * 5)

    assert (64, 0.05) == (level.limit, level.noise)
    assert 128 == through(level, seen(5)).limit


def test_a_providers_own_refusals_come_in_twos_and_threes():
    """One in twenty on average is at times one in nine; one in six is more than chance."""
    level = Level(limit=64, noise=0.05)

    assert after(level, seen(11), 256).trial is None
    assert after(level, seen(17), 256).trial is not None


def test_refusals_that_a_cut_did_not_end_are_learned():
    """Where it helped, what is left counts as the provider's own."""
    level = through(Level(limit=64), seen(40), seen(), seen(4))

    assert (None, 0.04) == (level.trial, level.noise)


def test_a_jump_of_the_latency_halves_it_until_it_is_known_not_to_help():
    """Slower answers may come from too many calls, or from longer prompts."""
    usual = through(Level(limit=64), seen(full=False))
    slow = through(usual, seen(ms=700))
    ours = through(slow, seen(ms=700), seen(ms=250, full=False))
    theirs = through(slow, seen(ms=700), seen(ms=700))

    assert 32 == slow.limit
    assert (32, None) == (ours.limit, ours.trial)
    assert (64, 700) == (theirs.limit, theirs.usual_ms)


def test_a_trial_of_few_refusals_takes_many_calls():
    """Of 5 % refused, 20 calls without any are no proof."""
    trial = through(Level(limit=64), seen(5), seen()).trial
    level = Level(limit=57, trial=trial)

    assert not is_over(level, Window(seconds=1, calls=20))
    assert is_over(level, Window(seconds=1, calls=240))
    assert is_over(level, Window(seconds=5, calls=3))
