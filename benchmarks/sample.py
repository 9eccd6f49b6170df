"""Several measurements of the same thing."""

from statistics import median


class Sample(list[float]):
    """On a busy machine the least is the figure to trust, and the median is what people met."""

    def ms(self) -> str:
        return f"{min(self):,.0f} / {median(self):,.0f} ms"

    def __str__(self) -> str:
        return f"{min(self):.3f} / {median(self):.3f}"
