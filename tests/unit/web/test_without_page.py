from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import sentijob.web
from sentijob.settings import load_settings
from sentijob.store.sql_store import SqlStore
from sentijob.web.app import create_app


def test_without_nicegui_there_is_the_api_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [name for name in sys.modules if name.startswith("sentijob.web.page")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(sentijob.web, "page", raising=False)
    monkeypatch.setitem(sys.modules, "nicegui", None)
    database = str(tmp_path / "jobs.db")
    with SqlStore.open(database) as store:
        app = create_app(store, load_settings({"db": database}, environ={}), has_page=True)
        with TestClient(app) as client:
            assert "message" in client.get("/", headers={"Accept": "text/html"}).json()
    assert "no page is served" in caplog.text
