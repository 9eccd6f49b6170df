"""Pure judges of outputs. Importing the package registers every evaluator there is."""

from app.evaluators import grounding, hallucination, structured, text

__all__ = ["grounding", "hallucination", "structured", "text"]
