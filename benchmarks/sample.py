"""Several measurements of the same thing."""

from statistics import median, quantiles


class Sample(list[float]):
    """On a busy machine the least is the figure to trust, and the median is what people met."""

    @property
    def p50(self) -> float:
        return median(self)

    @property
    def p95(self) -> float:
        return quantiles(self, n=20, method="inclusive")[-1]

    def ms(self) -> str:
        return f"{min(self):,.0f} / {self.p50:,.0f} ms"

    def tail_ms(self) -> str:
        return f"{self.p50:,.0f} / {self.p95:,.0f} ms"

    def __str__(self) -> str:
        return f"{min(self):.3f} / {self.p50:.3f}"
