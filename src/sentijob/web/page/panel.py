"""What is drawn in the browser by a component of its own, from values that are sent when they change."""

from __future__ import annotations

from nicegui.element import Element


class Panel(Element):
    """A component, and the values it draws; each stands beside the module that fills it."""

    def show(self, **values: object) -> None:
        """Have it draw these; nothing is sent where they are the same."""
        changed = {
            name: value
            for name, value in values.items()
            if name not in self._props or self._props[name] != value
        }
        if changed:
            self._props.update(changed)
