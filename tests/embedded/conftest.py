from tests.embedded.alone import alone, data

__all__ = ["alone", "data"]
