"""Words that a query brings, so that the API's document says which are taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Word = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""What a database can hold."""
DURATION = r"^([0-9]{1,4}(ms|[smh])|[0-9]{1,3}d|[0-9]{1,2}w){1,6}$"
"""Each of them is shorter than a century."""
