import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

Fault = str  # a name from FAULTS, or a status such as "500"

FAULTS = ("429", "500", "drop", "drop_mid", "malformed", "hang", "stall", "slow")


def knob(default: float | str | None, text: str, *, choices: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - stands for the field's own type, as dataclasses.field does
    return dataclasses.field(default=default, metadata={"help": text, "choices": choices})


@dataclasses.dataclass(slots=True)
class Settings:
    """All that can be set, by flag at start and by `POST /config` while it runs.

    Times are in seconds, shares in [0, 1].
    """

    host: str = knob("127.0.0.1", "address to listen on")
    port: int = knob(9100, "port to listen on; 0 takes a free one")
    seed: int = knob(1, "every draw depends on it")
    latency: float = knob(0.0, "seconds until a whole reply (median, if lognormal)")
    latency_dist: str = knob("fixed", "how latency varies", choices=("fixed", "lognormal"))
    sigma: float = knob(0.5, "sigma of the lognormal")
    judge_latency: float | None = knob(None, "latency of judge calls (default: --latency)")
    ttft: float = knob(0.0, "seconds until a streamed reply's first token")
    itl: float = knob(0.0, "seconds between tokens of a streamed reply")
    tokens: int = knob(50, "completion tokens of a reply (also in usage)")
    prompt_tokens: int = knob(0, "prompt tokens in usage (0: characters / 4)")
    stamp: bool = knob(False, "each streamed token is its send time, CLOCK_MONOTONIC ns")
    err_429: float = knob(0.0, "share of requests answered 429")
    retry_after: float = knob(1.0, "seconds a 429 asks to wait")
    err_500: float = knob(0.0, "share of requests answered 500")
    err_drop: float = knob(0.0, "share whose connection is closed without a reply")
    err_drop_mid: float = knob(0.0, "share of streams closed half way")
    err_stall: float = knob(0.0, "share of streams that fall silent half way and stay open")
    err_slow: float = knob(0.0, "share whose reply takes --slow seconds more")
    slow: float = knob(30.0, "seconds --err-slow adds")
    err_malformed: float = knob(0.0, "share answered 200 with broken JSON")
    err_hang: float = knob(0.0, "share never answered")
    err_judge_malformed: float = knob(0.0, "share of judge replies whose content is not JSON")
    max_concurrency: int = knob(0, "more in flight is answered 429 at once (0: no cap)")
    rps: float = knob(0.0, "requests a second let through, the rest 429 (0: no cap)")
    burst: float = knob(1.0, "seconds of --rps that may arrive at once")
    key_concurrency: int = knob(0, "requests one API key may have in flight, more is 429")
    key_rpm: int = knob(0, "requests one API key may make in any --rpm-window, more is 429")
    model_concurrency: int = knob(0, "requests a key may have in flight for one model")
    model_rpm: int = knob(0, "requests a key may make for one model in any --rpm-window")
    model_tpm: int = knob(0, "tokens a key may use for one model in any --rpm-window")
    rpm_window: float = knob(60.0, "seconds these limits look back")
    flap: float = knob(0.0, "faults come for so many seconds and go for as many (0: they stay)")
    dim: int = knob(384, "embedding dimensions")
    judge_score: str = knob("hash", "'hash' or a fixed number in [0, 1]")
    lean_headers: bool = knob(False, "leave out the dozen headers a real provider sends")

    @property
    def shares(self) -> list[tuple[Fault, float]]:
        """The faults switched on, with their share of requests."""
        found = [(name, float(getattr(self, f"err_{name}"))) for name in FAULTS]
        return [(name, share) for name, share in found if share > 0]

    def change(self, values: Mapping[str, Any]) -> None:
        """Sets fields by name; raises ValueError, changing nothing, for one that cannot change."""
        wanted = {name.replace("-", "_"): value for name, value in values.items()}
        fixed = {"host", "port"}
        unknown = wanted.keys() - {field.name for field in dataclasses.fields(self)} | (
            wanted.keys() & fixed
        )
        if unknown:
            raise ValueError(f"cannot be set here: {', '.join(sorted(unknown))}")
        for name, value in wanted.items():
            setattr(self, name, value)
