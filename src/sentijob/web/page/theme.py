"""How the page looks: colours and shapes, light and dark."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from sentijob.web.page.panel import Panel

_HERE = Path(__file__).parent
FAVICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<rect width='32' height='32' rx='8' fill='#2456c4'/>"
    "<g fill='#fff'><rect x='7' y='17' width='4' height='8' rx='1'/>"
    "<rect x='14' y='12' width='4' height='13' rx='1'/>"
    "<rect x='21' y='7' width='4' height='18' rx='1'/></g></svg>"
)


class ThemeSwitch(Panel, component="theme_switch.js"):
    """Light, dark or as the system has it; the browser remembers which."""


def install() -> None:
    """Dress the page that is being built."""
    # Neither file holds data: what comes from a store reaches the browser as values alone.
    ui.add_head_html(f"<style>{(_HERE / 'page.css').read_text()}</style>")
    ui.add_head_html(f"<script>{(_HERE / 'page.js').read_text()}</script>")
