"""JSON lines: depth, numbers, names that come twice, escapes that can't be stored."""

from __future__ import annotations

from nasty.files import NastyFile, of


def _in_field(value: str) -> str:
    return f'{{"text": "good", "n": {value}}}\n'


JSON_LINES: dict[str, NastyFile] = {
    "a JSON document": of(".jsonl", '[\n{"text": "good"}\n]\n', "begins a JSON array"),
    "a pretty JSON document": of(".jsonl", '{\n  "text": "good"\n}\n', "ends too early"),
    "an array": of(".jsonl", '["good"]\n', "this is an array"),
    "a number": of(".jsonl", "7\n", "this is a number"),
    "a null": of(".jsonl", "null\n", "this is null"),
    "true": of(".jsonl", "true\n", "this is a boolean"),
    "a bare string": of(".jsonl", '"good"\n', 1),
    "an empty string": of(".jsonl", '""\n', "the text is empty"),
    "a bare word": of(".jsonl", "good\n", "not valid JSON"),
    "single quotes": of(".jsonl", "{'text': 'good'}\n", "not valid JSON"),
    "a trailing comma": of(".jsonl", '{"text": "good",}\n', "not valid JSON"),
    "a comment": of(".jsonl", '{"text": "good"} // yes\n', "not valid JSON"),
    "two objects a line": of(".jsonl", '{"text": "a"} {"text": "b"}\n', "not valid JSON"),
    "a line feed in a string": of(".jsonl", '{"text": "go\nod"}\n', "not valid JSON"),
    "a line cut off": of(".jsonl", '{"text": "good"}\n{"text": "ba', "ends too early"),
    "a line cut in an escape": of(".jsonl", '{"text": "\\u00', "not valid JSON"),
    "a mark before JSON": of(".jsonl", '\ufeff{"text": "good"}\n', 1),
    "UTF-16 JSON": of(".jsonl", '{"text": "good"}\n'.encode("utf-16"), 1),
    "no text": of(".jsonl", '{"words": "good", "n": 1}\n', "no column is called text"),
    "an empty object": of(".jsonl", "{}\n", "no column is called text"),
    "an empty name": of(".jsonl", '{"": 1, "text": "good"}\n', 1),
    "an empty name alone": of(".jsonl", '{"": "good"}\n', "only column"),
    "a text of null": of(".jsonl", '{"text": null}\n', "the text is null"),
    "a text of a number": of(".jsonl", '{"text": 7}\n', "the text is a number"),
    "a text of a list": of(".jsonl", '{"text": ["good"]}\n', "the text is an array"),
    "a name twice": of(".jsonl", '{"text": "a", "text": "b"}\n', "is there twice"),
    "a name twice in the deep": of(".jsonl", _in_field('{"a": 1, "a": 2}'), "is there twice"),
    "a name twice by an escape": of(
        ".jsonl", '{"text": "a", "t\\u0065xt": "b"}\n', "is there twice"
    ),
    "NaN": of(".jsonl", _in_field("NaN"), "NaN is no JSON value"),
    "infinity": of(".jsonl", _in_field("-Infinity"), "-Infinity is no JSON value"),
    "a float that overflows": of(".jsonl", _in_field("1e999"), "is too large"),
    "a float that vanishes": of(".jsonl", _in_field("1e-999"), 1),
    "a float of 10,000 digits": of(".jsonl", _in_field("0." + "1" * 10_000), 1),
    "an integer of 5,000 digits": of(".jsonl", _in_field("9" * 5000), "5000 digits"),
    "an integer of 400 digits": of(".jsonl", _in_field("9" * 400), 1),
    "a key of 400 digits": of(".jsonl", f'{{"text": "good", "id": {"9" * 400}}}\n', 1),
    "minus zero": of(".jsonl", _in_field("-0"), 1),
    "a leading zero": of(".jsonl", _in_field("007"), "not valid JSON"),
    "a hexadecimal number": of(".jsonl", _in_field("0x1F"), "not valid JSON"),
    "a key of a float": of(".jsonl", '{"text": "a", "id": 1.5}\n', "the key is a number"),
    "a key of true": of(".jsonl", '{"text": "a", "id": true}\n', "the key is a boolean"),
    "a key of an object": of(".jsonl", '{"text": "a", "id": {}}\n', "the key is an object"),
    "an empty key": of(".jsonl", '{"text": "good", "id": ""}\n', 1),
    "100,000 brackets": of(".jsonl", "[" * 100_000, "deeper than 64"),
    "100,000 braces": of(".jsonl", '{"a":' * 100_000, "deeper than 64"),
    "65 levels": of(".jsonl", _in_field("[" * 64 + "]" * 64), "deeper than 64"),
    "64 levels": of(".jsonl", _in_field("[" * 63 + "]" * 63), 1),
    "an array of 100,000 numbers": of(".jsonl", _in_field(f"[{'1,' * 99_999}1]"), 1),
    "an object of 3,000 names": of(
        ".jsonl",
        '{"text": "good", ' + ", ".join(f'"n{n}": {n}' for n in range(3_000)) + "}\n",
        1,
    ),
    "other names on every line": NastyFile(
        ".jsonl",
        lambda: "".join(f'{{"text": "good", "n{n}": {n}}}\n' for n in range(3000)).encode(),
        3000,
    ),
    "an escaped NUL": of(".jsonl", '{"text": "go\\u0000od"}\n', "has a NUL"),
    "an escaped NUL in a name": of(".jsonl", '{"text": "a", "n\\u0000": 1}\n', "has a NUL"),
    "half a pair": of(".jsonl", '{"text": "\\ud83d"}\n', "lone surrogate"),
    "a pair turned round": of(".jsonl", '{"text": "\\ude42\\ud83d"}\n', "lone surrogate"),
    "half a pair in the deep": of(".jsonl", _in_field('[[{"a": "\\udc00"}]]'), "lone surrogate"),
    "a pair": of(".jsonl", '{"text": "\\ud83d\\ude42"}\n', 1),
    "escaped escapes": of(".jsonl", '{"text": "\\u001b[31mred\\u009b0m\\u202e"}\n', 1),
    "a name of a terminal": of(".jsonl", '{"text": "a", "\\u001b[31m[/bold]": "\\u0007"}\n', 1),
    "a name of 100,000 letters": of(".jsonl", f'{{"text": "a", "{"n" * 100_000}": 1}}\n', 1),
    "names of our own fields": of(
        ".jsonl", '{"text": "a", "status": 1, "meta": {"a": 1}, "meta.status": 2}\n', 1
    ),
    "an object that was a class": of(".jsonl", '{"text": "a", "__class__": "os.system"}\n', 1),
}
