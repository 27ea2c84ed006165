"""Bytes to checked texts: the rules of a text, and the files that texts come in."""
