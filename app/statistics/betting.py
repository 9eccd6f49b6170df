"""A test that may be looked at after every example: betting that the candidate is worse.

A gambler stakes part of a capital of 1 on each difference being below the level in question. If
the true mean is not below it, no strategy is expected to win, and the capital ever reaches 1/alpha
with a chance of at most alpha (Ville 1939; Waudby-Smith and Ramdas 2024), at any sample size and
for any distribution in [-1, 1]. The examples must come in random order.
"""

from math import exp, inf, log, sqrt

from app.statistics.estimates import refuse_outside


class BettingTest:
    """Updated with one difference at a time; below 0 is worse.

    `at_least` is the mean difference that the candidate is given the benefit of: 0, or minus a
    margin. Rejecting means that the true mean is below it. Once rejected it stays so, whatever
    comes after. The result depends on the order of the differences, by design.
    """

    def __init__(self, *, alpha: float = 0.05, at_least: float = 0.0) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha lies between 0 and 1, not at {alpha}")
        if not -1 < at_least < 1:
            raise ValueError(f"the level in question lies between -1 and 1, not at {at_least}")
        self._alpha = alpha
        self._level = (at_least + 1) / 2
        self._sum = 0.0
        self._squares = 0.0
        self._log_capital = 0.0
        self._highest = 0.0
        self.n = 0

    def update(self, difference: float) -> bool:
        """Takes the next difference, in [-1, 1]; whether the test rejects by now.

        Raises ValueError for a difference outside [-1, 1].
        """
        refuse_outside((difference,), (-1.0, 1.0))
        share = (difference + 1) / 2
        factor = 1 - self._stake() * (share - self._level)
        self._log_capital += log(factor) if factor > 0 else -inf
        self._highest = max(self._highest, self._log_capital)
        self.n += 1
        self._sum += share
        mean = (0.5 + self._sum) / (self.n + 1)
        self._squares += (share - mean) ** 2
        return self.reject

    @property
    def reject(self) -> bool:
        """Whether the capital has reached 1 / alpha."""
        return self._highest >= -log(self._alpha)

    @property
    def capital(self) -> float:
        """What the initial 1 has become: how much the data speak against `at_least`."""
        return exp(min(self._log_capital, 700.0))  # exp(710) overflows

    @property
    def p(self) -> float:
        """A p-value that holds whenever one stops: 1 over the highest capital so far."""
        return exp(-self._highest)

    def _stake(self) -> float:
        """The predictable plug-in stake, at most half of what could lose everything."""
        time = self.n + 1
        variance = (0.25 + self._squares) / time
        stake = sqrt(2 * -log(self._alpha) / (variance * time * log(time + 1)))
        return min(stake, 0.5 / (1 - self._level))
