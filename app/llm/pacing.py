class Pace:
    """Lets so many units a second begin, one second's worth at once; the caller has the clock.

    A call may cost more than is there: it begins once nothing is owed, and the next ones wait until
    its debt is paid. So a call of any size begins, and none is preferred.
    """

    BURST_S = 1.0

    def __init__(self) -> None:
        self.rate: float | None = None  # units a second; None: no limit
        self._level = 0.0
        self._at = 0.0

    def set(self, rate: float | None, now: float) -> None:
        self._fill(now)
        if self.rate is None and rate is not None:
            self._level = 0.0  # what began before nobody counted
        self.rate = rate

    def wait_s(self, now: float) -> float | None:
        """Seconds until a call may begin; 0 for now, None for not at this rate."""
        self._fill(now)
        if self.rate is None:
            return 0.0
        if self.rate <= 0:
            return None
        return max(-self._level / self.rate, 0.0)

    def take(self, units: float) -> None:
        """Books what begins; a negative number gives back what was booked too much."""
        self._level -= units

    def _fill(self, now: float) -> None:
        passed, self._at = max(now - self._at, 0.0), now
        if self.rate is not None:
            self._level = min(self._level + passed * self.rate, self.rate * self.BURST_S)
