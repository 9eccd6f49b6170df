"""The statistics know no application: what they may import, and what importing them costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "app" / "statistics").glob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_numbers_are_imported(path):
    """NumPy, SciPy, the standard library and one another: nothing else of the application."""
    foreign = {
        name
        for name in imported(path)
        if name.partition(".")[0] not in {"numpy", "scipy", *sys.stdlib_module_names}
        and name != "app.statistics"
        and not name.startswith("app.statistics.")
    }

    assert set() == foreign


def test_the_statistics_load_little():
    """Importing all takes SciPy's special functions, not its half second of distributions."""
    names = ", ".join(f"app.statistics.{path.stem}" for path in MODULES if path.stem != "__init__")
    script = f"""
import sys
import {names}
print({{"scipy.stats", "scipy.optimize", "pandas", "statsmodels"}} & set(sys.modules))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "set()" == run.stdout.strip()
