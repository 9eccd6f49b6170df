"""The verdict on a candidate: one object, computed here, obeyed by every door."""
