"""Write docs/openapi.json: what the API says of itself. ``make openapi`` runs this."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sentijob import wiring
from sentijob.settings import load_settings
from sentijob.web.app import create_app
from sentijob.web.contract import written

DOCUMENT = Path(__file__).parents[1] / "docs" / "openapi.json"


def main() -> None:
    """Write it, from an application on a store that is empty."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"db": str(Path(folder, "jobs.db"))}, environ={})
        with wiring.open_store(settings) as store:
            DOCUMENT.write_text(written(create_app(store, settings)))


if __name__ == "__main__":
    main()
