"""Groups of flags: a command takes a named tuple, and its fields become flags of the command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints


def with_flags(name: str, group: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command gets the flags of *group*, and them all as one argument, *name*.

    *group* is a named tuple whose fields are annotated as Typer wants parameters to be.
    """
    flags = _parameters(group)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def flagged(**given: Any) -> None:  # noqa: ANN401  # whatever the two signatures say
            command(**{name: group(**{flag.name: given.pop(flag.name) for flag in flags})}, **given)

        own = inspect.signature(command, eval_str=True)
        kept = [parameter for parameter in own.parameters.values() if parameter.name != name]
        whole = sorted([*flags, *kept], key=lambda parameter: parameter.kind)
        flagged.__signature__ = own.replace(parameters=whole)  # type: ignore[attr-defined]  # PEP 362
        return flagged

    return decorate


def _parameters(group: type[Any]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            field,
            inspect.Parameter.KEYWORD_ONLY,
            default=group._field_defaults.get(field, inspect.Parameter.empty),
            annotation=annotation,
        )
        for field, annotation in get_type_hints(group, include_extras=True).items()
    ]
