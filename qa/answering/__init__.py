"""Question to resolved question, evidence, answer or refusal, verified."""

from qa.answering.assistant import Assistant

__all__ = ["Assistant"]
