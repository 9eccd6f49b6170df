"""Who gets how much of something scarce: equal parts, and what one does not want goes to others."""

from collections.abc import Mapping
from math import floor

Path = tuple[str, ...]  # workspace, experiment, member: equal parts at each step


def fair(total: float, wants: Mapping[Path, float]) -> dict[Path, float]:
    """Max-min fair parts of `total`; all paths are of one length, a want may be infinite.

    Nobody gets more than it wants, and no part could grow but at the cost of a smaller one.
    """
    groups: dict[str, dict[Path, float]] = {}
    for path, want in wants.items():
        groups.setdefault(path[0], {})[path[1:]] = want
    given: dict[Path, float] = {}
    left = max(total, 0.0)
    modest_first = sorted(groups.items(), key=lambda group: (sum(group[1].values()), group[0]))
    for number, (name, group) in enumerate(modest_first):
        part = min(sum(group.values()), left / (len(groups) - number))
        left -= part
        inner = {(): part} if () in group else fair(part, group)
        given |= {(name, *path): share for path, share in inner.items()}
    return given


def whole(parts: Mapping[Path, float], turn: int) -> dict[Path, int]:
    """The parts in whole units that add up to no more; the rest of the rounding goes round.

    `turn` says where it starts: with fewer units than paths each has its turn.
    """
    units = {path: floor(part + 1e-9) for path, part in parts.items()}
    left = floor(sum(parts.values()) + 1e-9) - sum(units.values())
    broken = [path for path in sorted(parts) if parts[path] - units[path] > 1e-9]
    for number in range(min(left, len(broken))):
        units[broken[(turn + number) % len(broken)]] += 1
    return units
