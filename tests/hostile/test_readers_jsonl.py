"""JSON lines that are broken, too deep, too large or not what was asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sentijob.errors import InputError
from sentijob.ingest.blocks import Rejected
from sentijob.ingest.json_lines import parse
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item

Take = Callable[..., list[Item | Rejected]]
Refuse = Callable[..., str]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(
            '{"text": "go',
            "not valid JSON: it ends too early, after 12 characters; was it cut off?",
            id="cut",
        ),
        pytest.param(
            '{"text": "a"',
            "not valid JSON: it ends too early, after 12 characters; was it cut off?",
            id="cut after a value",
        ),
        pytest.param('{"text": }', "not valid JSON at character 10: Expecting value", id="broken"),
        pytest.param(
            '{"text": "a"} {"text": "b"}', "not valid JSON at character 15: Extra data", id="two"
        ),
        pytest.param(
            "[",
            "this begins a JSON array; write one object a line, as with `jq -c '.[]'`, "
            "and give --format jsonl",
            id="array over lines",
        ),
        pytest.param('["a"]', "this is an array; a line holds an object or a string", id="array"),
        pytest.param("7", "this is a number; a line holds an object or a string", id="number"),
        pytest.param("null", "this is null; a line holds an object or a string", id="null"),
        pytest.param('{"text": null}', "the text is null, not a string", id="null text"),
        pytest.param('{"text": 7}', "the text is a number, not a string", id="number text"),
        pytest.param('{"text": ["a"]}', "the text is an array, not a string", id="array text"),
        pytest.param('{"text": ""}', "the text is empty", id="empty text"),
        pytest.param(
            '{"text": "a", "text": "b"}', "the field 'text' is there twice", id="duplicate"
        ),
        pytest.param(
            '{"text": "a", "n": NaN}',
            "NaN is no JSON value; write null, or leave the field out",
            id="NaN",
        ),
        pytest.param('{"text": "a", "n": 1e999}', "the number 1e999 is too large", id="infinite"),
        pytest.param(
            f'{{"text": "a", "n": {"9" * 5000}}}',
            "a number of 5000 digits is too large",
            id="digits",
        ),
        pytest.param("[" * 100_000, "it is nested deeper than 64 levels", id="100,000 brackets"),
        pytest.param(
            f'{{"text": "a", "n": {"[" * 64}{"]" * 64}}}',
            "it is nested deeper than 64 levels",
            id="65 levels",
        ),
        pytest.param(r'{"text": "a\u0000"}', "a string has a NUL at character 2", id="escaped NUL"),
        pytest.param(
            r'{"text": "\ud800"}',
            "a string has a lone surrogate (U+D800) at character 1",
            id="surrogate",
        ),
        pytest.param(
            r'{"text": "a", "m": [{"\udc00": 1}]}',
            "a field's name has a lone surrogate (U+DC00) at character 1",
            id="surrogate in a name",
        ),
        pytest.param(
            '{"id": 1.5, "text": "a"}',
            "the key is a number, not a string or a whole number",
            id="key",
        ),
        pytest.param(
            "{}",
            "no column is called text (nor review, comment, content, body, message, "
            "sentence, tweet); name the one that holds it with --text-field; "
            "there are no columns",
            id="empty object",
        ),
    ],
)
def test_a_line_that_cannot_be_taken_is_refused_with_its_number(
    refuse: Refuse, line: str, reason: str
) -> None:
    assert refuse("x.jsonl", f'{{"text": "fine"}}\n\n{line}\n'.encode()) == f"x.jsonl:3: {reason}"


def test_a_trailing_comma_is_refused() -> None:
    with pytest.raises(InputError, match="not valid JSON at character 1"):
        parse('{"text": "a",}')


def test_sixty_four_levels_are_taken() -> None:
    line = "[" * 64 + "]" * 64
    assert parse(line) is not None


def test_astral_characters_written_as_two_escapes_are_whole(take: Take) -> None:
    assert take("x.jsonl", rb'{"text": "\ud83d\ude42"}') == [Item("🙂")]


def test_each_object_stands_for_itself(take: Take) -> None:
    content = b'{"text": "a", "id": 7, "n": [1.5, null]}\n{"Review": "b", "key": "k"}\n"c"\n'
    assert take("x.jsonl", content) == [
        Item("a", "7", {"n": [1.5, None]}),
        Item("b", "k"),
        Item("c"),
    ]


def test_an_object_without_the_named_field_is_a_bad_row(take: Take) -> None:
    options = ReadOptions(text_field="said", skip_bad=True)
    good, bad = take("x.jsonl", b'{"said": "a"}\n{"sad": "b"}\n', options)
    assert good == Item("a")
    assert bad[1:] == ("there is no column 'said'; the columns are 'sad'", '{"sad": "b"}')
