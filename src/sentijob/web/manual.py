"""``GET /docs``: the API's document as a page to read, with nothing fetched from elsewhere and no script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

Schema = dict[str, Any]
_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sentijob: the HTTP API</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
  pre { background: #f3f3f3; color: #222; padding: .6rem; overflow-x: auto; white-space: pre-wrap }
  table { border-collapse: collapse; width: 100% }
  td, th { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .2rem .6rem .2rem 0 }
  h2 { margin-top: 3rem } h3 { margin-top: 2rem; font-family: ui-monospace, monospace }
  @media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #ddd } a { color: #8bf } }
</style>
"""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def manual(request: Request) -> HTMLResponse:
    """The API, to read."""
    return HTMLResponse(page(request.app.openapi()))


def page(document: Schema) -> str:
    """The whole of a document, by tags."""
    info = document["info"]
    parts = [
        _HEAD,
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        _paragraphs(info["description"]),
        '<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>',
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>{_paragraphs(tag['description'])}")
        parts += [
            _operation(method, path, operation, document)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
    return "".join(parts)


def _operation(method: str, path: str, operation: Schema, document: Schema) -> str:
    title = f"<h3>{escape(method.upper())} {escape(path)}</h3>"
    said = _paragraphs(operation.get("description", ""))
    parameters = "".join(_parameter(each) for each in operation.get("parameters", []))
    table = f"<table><tr><th>parameter<th>in<th>what{parameters}</table>" if parameters else ""
    sent = "".join(_examples(operation.get("requestBody", {})))
    answers = "".join(
        _answer(code, answer, document) for code, answer in operation["responses"].items()
    )
    return f"{title}{said}{table}{sent}<table><tr><th>answer<th>what{answers}</table>"


def _parameter(parameter: Schema) -> str:
    what = escape(parameter.get("description", ""))
    example = escape(str(parameter.get("example", "")))
    name = escape(parameter["name"]) + ("" if parameter.get("required") else " (optional)")
    return f"<tr><td>{name}<td>{escape(parameter['in'])}<td>{what} <code>{example}</code>"


def _answer(code: str, answer: Schema, document: Schema) -> str:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    shown = "".join(_examples(answer)) if code < "400" else ""
    return f"<tr><td>{escape(code)}<td>{escape(answer['description'])}{shown}"


def _examples(body: Schema) -> Iterator[str]:
    for media_type, media in body.get("content", {}).items():
        examples = [each.get("value") for each in media.get("examples", {}).values()]
        for example in [media["example"]] if "example" in media else examples:
            shown = (
                example
                if isinstance(example, str)
                else json.dumps(example, indent=2, ensure_ascii=False)
            )
            yield f"<p><code>{escape(media_type)}</code></p><pre>{escape(shown)}</pre>"


def _paragraphs(said: str) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in said.strip().split("\n\n") if each)
