"""Can this processor run the wheel's pgvector? It is compiled for AVX2."""

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def runs_pgvector() -> bool:
    """True off x86, and where the processor cannot be asked (macOS: every x86 Mac since 2013)."""
    if platform.machine().lower() not in {"x86_64", "amd64"} or not CPUINFO.exists():
        return True
    lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    flags = [line for line in lines if line.startswith("flags")]
    return not flags or "avx2" in flags[0].split()
