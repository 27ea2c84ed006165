from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgi import client
from fastapi import FastAPI

from sentijob import wiring
from sentijob.settings import load_settings
from sentijob.web.app import create_app
from sentijob.web.manual import page


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    settings = load_settings({"db": str(tmp_path / "jobs.db")}, environ={})
    with wiring.open_store(settings) as store:
        yield create_app(store, settings)


def test_the_manual_has_every_call_of_the_document(app: FastAPI) -> None:
    shown = client(app).get("/docs").text
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            assert f"<h3>{method.upper()} {path}</h3>" in shown


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(app: FastAPI) -> None:
    shown = page(app.openapi())
    assert "<script" not in shown
    assert re.findall(r'(?:src|href)="([^"]*)"', shown) == ["/openapi.json"]


def test_what_is_described_is_no_markup() -> None:
    document = {
        "info": {"title": "<b>", "version": "1", "description": "<script>alert(1)</script>"},
        "tags": [],
        "paths": {},
    }
    shown = page(document)
    assert "<b>" not in shown
    assert "<script>" not in shown


def test_there_is_no_other_manual(app: FastAPI) -> None:
    assert client(app).get("/redoc").status_code == 404
