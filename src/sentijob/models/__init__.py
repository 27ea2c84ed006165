"""What scores texts: the shipped models, folders of weights, and other packages' models."""

from collections.abc import Mapping

BUILT_IN: Mapping[str, str] = {
    "mini": "six-layer MiniLM, made for this project; English",
    "cascade": "n-grams where they are sure, else mini; quicker; English",
    "vader": "VADER's lexicon and rules; rough and very fast; English",
    "demo": "ten keywords and a wait; for tutorials and tests",
}
"""The models that come with the package. Their names are here so that a submit can tell them at a glance."""
