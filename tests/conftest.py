"""How hard the property tests search: ``HYPOTHESIS_PROFILE=thorough`` takes 2,000 new examples each."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples every time, so that a change is judged by what it changes.
settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
