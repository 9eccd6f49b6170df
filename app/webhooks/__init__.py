"""Events for other programs: signed messages to addresses that a workspace names."""
