import pytest

from app.embedded import cpu


@pytest.mark.parametrize(
    ("machine", "cpuinfo", "expected"),
    [
        ("x86_64", "processor : 0\nflags : sse avx avx2 bmi\n", True),
        ("AMD64", "processor : 0\nflags : sse avx\n", False),
        ("x86_64", "nothing about flags\n", True),
        ("x86_64", None, True),
        ("aarch64", "Features : asimd\n", True),
    ],
)
def test_who_can_run_pgvector(tmp_path, monkeypatch, machine, cpuinfo, expected):
    """AVX2 on x86; where the processor cannot be asked, it is assumed."""
    file = tmp_path / "cpuinfo"
    if cpuinfo is not None:
        file.write_text(cpuinfo)
    monkeypatch.setattr(cpu, "CPUINFO", file)
    monkeypatch.setattr(cpu.platform, "machine", lambda: machine)

    assert expected is cpu.runs_pgvector()
