"""What a run did, as `GET /stats` shows it; times in seconds but for `_ms` and `_us`."""

import resource
import time
from collections import Counter, deque
from typing import Any

from scripts.mock_provider.quotas import Quota

SHOWN_KEYS = 200


class Key:
    """What one API key did; `early` counts requests sent before a Retry-After had passed."""

    def __init__(self, header: bytes) -> None:
        name = header.decode("latin-1")
        self.secret = name[7:] if name[:7].lower() == "bearer " else name
        self.requests = 0
        self.ok = 0
        self.inflight = 0
        self.max_inflight = 0
        self.max_in_window = 0
        self.early = 0  # the same body again
        self.early_key = 0  # any body
        self.wait_until = 0.0
        self.limited: Counter[str] = Counter()
        self.window: deque[float] = deque()  # when requests were let through
        self.quotas: dict[str, Quota] = {}  # by model

    def quota(self, model: str) -> Quota:
        found = self.quotas.get(model)
        if found is None:
            found = self.quotas[model] = Quota()
        return found

    @property
    def name(self) -> str:
        secret = self.secret or "-"
        return secret if len(secret) <= 12 else f"…{secret[-12:]}"

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "ok": self.ok,
            "inflight": self.inflight,
            "max_inflight": self.max_inflight,
            "max_in_window": self.max_in_window,
            "early": self.early,
            "early_key": self.early_key,
            "limited": dict(self.limited),
        }


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Stats:
    def __init__(self, open_connections: int = 0) -> None:
        """Calls in flight end in the figures they began in; connections outlive them."""
        self.started = time.monotonic()
        self.cpu_at_start = cpu_s()
        self.requests = 0
        self.completed = 0
        self.refused = 0  # by a limit
        self.aborted = 0  # hung up on by the client
        self.judge = 0
        self.streams = 0
        self.planned_s = 0.0  # latency drawn so far: divided by concurrency, the ideal wall
        self.bytes_in = 0
        self.bytes_out = 0
        self.inflight = 0
        self.max_inflight = 0
        self.connections_opened = 0
        self.connections = open_connections
        self.max_connections = open_connections
        self.routes: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.model_inflight: Counter[str] = Counter()
        self.model_max_inflight: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.injected: Counter[str] = Counter()
        self.late: list[float] = []
        self.seen: Counter[bytes] = Counter()  # calls let through, by body
        self.paid: Counter[bytes] = Counter()  # whole 200 replies sent, by body
        self.running: Counter[bytes] = Counter()  # in flight, by body
        self.labels: dict[bytes, tuple[str, str]] = {}  # model and the prompt's end, by body
        self.wait_until: dict[bytes, float] = {}  # when a body's last Retry-After ends
        self.same_in_flight = 0
        self.keys: dict[bytes, Key] = {}
        self._first: float | None = None
        self._first_epoch: float | None = None
        self._last = self.started
        self._area = 0.0  # inflight x seconds
        self._area_at = self.started

    def key(self, header: bytes) -> Key:
        key = self.keys.get(header)
        if key is None:
            key = self.keys[header] = Key(header)
        return key

    def connected(self) -> None:
        self.connections_opened += 1
        self.connections += 1
        self.max_connections = max(self.max_connections, self.connections)

    def start(self, key: Key, model: str, digest: bytes) -> None:
        now = self._tick()
        self.inflight += 1
        self.max_inflight = max(self.max_inflight, self.inflight)
        if self._first is None:
            self._first = now
            self._first_epoch = time.time()
        key.inflight += 1
        key.quota(model).inflight += 1
        key.max_inflight = max(key.max_inflight, key.inflight)
        self.model_inflight[model] += 1
        most = max(self.model_max_inflight[model], self.model_inflight[model])
        self.model_max_inflight[model] = most
        if self.running[digest] > 0:
            self.same_in_flight += 1
        self.running[digest] += 1

    def end(self, key: Key, model: str, digest: bytes) -> None:
        self._last = self._tick()
        self.inflight -= 1
        key.inflight -= 1
        key.quota(model).inflight -= 1
        self.model_inflight[model] -= 1
        self.running[digest] -= 1

    def _tick(self) -> float:
        now = time.monotonic()
        self._area += self.inflight * (now - self._area_at)
        self._area_at = now
        return now

    def hashes(self) -> dict[str, dict[str, Any]]:
        """Every distinct body: how often asked, how often paid."""
        shown = {}
        for digest, calls in self.seen.items():
            model, tail = self.labels.get(digest, ("", ""))
            paid = self.paid[digest]
            shown[digest.hex()] = {"calls": calls, "paid": paid, "model": model, "tail": tail}
        return shown

    def exactly_once(self) -> dict[str, Any]:
        paid = self.paid.total()
        histogram = Counter(self.seen.values())
        return {
            "bodies": len(self.seen),
            "calls": self.seen.total(),
            "paid": paid,
            "paid_bodies": len(self.paid),
            "paid_twice": paid - len(self.paid),
            "same_in_flight": self.same_in_flight,
            "calls_histogram": {str(calls): n for calls, n in sorted(histogram.items())},
        }

    def late_ms(self) -> dict[str, float]:
        late = sorted(self.late) or [0.0]
        shares = {"min": 0.0, "p50": 0.5, "p99": 0.99, "max": 1.0}
        return {
            name: round(late[min(len(late) - 1, int(share * len(late)))] * 1000, 3)
            for name, share in shares.items()
        }

    def as_json(self) -> dict[str, Any]:
        now = self._tick()
        active = self._last - self._first if self._first is not None else 0.0
        cpu = cpu_s() - self.cpu_at_start
        last = self._first_epoch + active if self._first_epoch is not None else None
        return {
            "requests": self.requests,
            "completed": self.completed,
            "refused": self.refused,
            "routes": dict(self.routes),
            "models": dict(self.models),
            "model_max_inflight": dict(self.model_max_inflight),
            "statuses": {str(status): n for status, n in self.statuses.items()},
            "injected": dict(self.injected),
            "inflight": self.inflight,
            "max_inflight": self.max_inflight,
            "mean_inflight": round(self._area / active, 2) if active > 0 else 0.0,
            "connections_opened": self.connections_opened,
            "connections_max": self.max_connections,
            "aborted": self.aborted,
            "judge": self.judge,
            "streams": self.streams,
            "planned_s": round(self.planned_s, 4),
            "unique_bodies": len(self.seen),
            "exactly_once": self.exactly_once(),
            "keys": {key.name: key.as_json() for key in list(self.keys.values())[:SHOWN_KEYS]},
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
            "active_s": round(active, 4),
            "first_epoch": self._first_epoch,
            "last_epoch": last,
            "late_ms": self.late_ms(),
            "uptime_s": round(now - self.started, 3),
            "cpu_s": round(cpu, 4),
            "cpu_us_per_request": round(cpu / self.requests * 1e6, 1) if self.requests else 0.0,
        }
