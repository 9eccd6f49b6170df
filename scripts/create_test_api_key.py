"""Prints an API key for trying things out; takes the options of `llmops keys create`.

`python scripts/create_test_api_key.py --data-dir .llmops`
"""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
sys.argv[1:1] = ["keys", "create", "test", "--scopes", "all"]
runpy.run_module("app", run_name="__main__")
