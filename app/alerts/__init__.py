"""Events that call for attention: shown until somebody acknowledges them, and sent by e-mail."""
