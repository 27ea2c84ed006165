"""Sentiment of texts as durable jobs: queue, score, keep."""

__version__ = "0.1.0"
