"""Faults of cases and of providers: what comes back is nothing, nonsense or deadly."""

from decimal import Decimal

from tests.faults.trial import IN_FLIGHT, Trial, promise
from tests.support.poisoned import DEATHS, POISON


def poison_case(trial: Trial) -> None:
    """A case that kills its worker, in both versions: it ends alone, after three deaths at most."""
    deaths = trial.platform.stack.folder / "deaths"
    deaths.unlink(missing_ok=True)
    trial.platform.change_worker("tests.support.poisoned", **{DEATHS: str(deaths)})
    trial.ends = {"worker_lost": 2}
    trial.begin(spoiled={trial.draw.randrange(30): {"deadly": POISON}})
    trial.finish()
    killed = len(deaths.read_text(encoding="utf-8").splitlines())
    trial.at_risk = killed * IN_FLIGHT // 2  # of the loop that died, at most
    promise(killed <= 3 * 2, f"it killed {killed} times")


def hanging_case(trial: Trial) -> None:
    """A case whose call is never answered, in both versions: its deadline ends it alone."""
    trial.platform.change_worker(LLMOPS_CASE_DEADLINE_SECONDS="5")
    trial.ends = {"provider_error": 2}
    trial.begin(spoiled={trial.draw.randrange(30): {"question": "[[mock:hang]]"}})


def limited_storm(trial: Trial) -> None:
    """The provider answers 429 to most calls, for some seconds."""
    _storm(trial, err_429=0.8, retry_after=0.5)


def failing_storm(trial: Trial) -> None:
    """The provider answers 500 to most calls, for some seconds."""
    _storm(trial, err_500=0.8)


def silent_storm(trial: Trial) -> None:
    """The provider does not answer a third of the calls, for some seconds."""
    trial.platform.change_worker(LLMOPS_CASE_DEADLINE_SECONDS="8")
    _storm(trial, err_hang=0.3)


def cutting_storm(trial: Trial) -> None:
    """The provider closes half the connections without a reply, for some seconds."""
    _storm(trial, err_drop=0.5)


def garbled_storm(trial: Trial) -> None:
    """Half the provider's replies are not JSON, for some seconds."""
    _storm(trial, err_malformed=0.5)


def _storm(trial: Trial, **shares: float) -> None:
    """Cases may end as provider_error, never as scored by a reply that was none."""
    trial.may_end = {"provider_error"}
    trial.begin_and_wait()
    trial.platform.provider.configure(**shares)
    trial.pause(1, 4)
    trial.platform.provider.configure(**dict.fromkeys(shares, 0.0))


def cap_and_kill(trial: Trial) -> None:
    """An experiment with a cap on its cost, and `kill -9` of a pool child."""
    trial.may_end = {"budget_skipped"}
    trial.cap = Decimal(trial.draw.randint(10, 30)) / 1000  # of about 0.0007 a case
    trial.begin(max_cost_usd=str(trial.cap))
    trial.until_stored(trial.draw.randint(1, 8))
    trial.busy_process().kill()
    trial.died()
