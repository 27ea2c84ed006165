"""Inputs made to break things, by name: how each is made, and what must come of it.

They are data, used by the tests beside this package and as the seeds of the fuzzers in ``fuzz``.
"""
