"""Groups of flags: a command takes a dataclass, and its fields become flags of the command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any


def with_flags(name: str, group: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command gets the flags of *group*, and them all as one argument, *name*.

    *group* is a dataclass whose fields are annotated as Typer wants parameters to be.
    """
    flags = inspect.signature(group, eval_str=True).parameters

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def flagged(**given: Any) -> None:  # noqa: ANN401  # whatever the two signatures say
            command(**{name: group(**{flag: given.pop(flag) for flag in flags})}, **given)

        own = inspect.signature(command, eval_str=True)
        kept = [parameter for parameter in own.parameters.values() if parameter.name != name]
        whole = sorted([*flags.values(), *kept], key=lambda parameter: parameter.kind)
        flagged.__signature__ = own.replace(parameters=whole)  # type: ignore[attr-defined]  # PEP 362
        return flagged

    return decorate
