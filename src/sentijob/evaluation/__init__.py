"""How well models score labelled texts, and how far two of them agree."""
