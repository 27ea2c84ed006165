from __future__ import annotations

import pytest

from sentijob.errors import InputError
from sentijob.ingest.columns import Columns, ItemMaker, choose_columns
from sentijob.ingest.options import ReadOptions
from sentijob.jobs import Item


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("id", "text"), Columns("text", "id")),
        (("Review", "TEXT"), Columns("TEXT", None)),
        (("comment", "review", "key"), Columns("review", "key")),
        (("tweet", "ID", "key"), Columns("tweet", "ID")),
        (("feedback",), Columns("feedback", None)),
        (("id",), Columns("id", None)),
    ],
)
def test_columns_are_found_by_their_names(names: tuple[str, ...], expected: Columns) -> None:
    assert choose_columns(names, ReadOptions()) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("said", "said"), ("SAID", "SAID"), ("Where", "where")],
)
def test_a_named_column_is_matched_exactly_and_else_without_case(
    wanted: str, expected: str
) -> None:
    names = ("text", "said", "SAID", "where")
    assert choose_columns(names, ReadOptions(text_field=wanted)).text == expected


def refusal(names: tuple[str, ...], options: ReadOptions) -> str:
    with pytest.raises(InputError) as caught:
        choose_columns(names, options)
    return str(caught.value)


def test_a_missing_key_column_is_refused_with_those_that_are_there() -> None:
    assert refusal(("text", "nr"), ReadOptions(key_field="id")) == (
        "there is no column 'id'; the columns are 'text', 'nr'"
    )


def test_one_column_cannot_be_both_text_and_key() -> None:
    assert refusal(("text", "nr"), ReadOptions(key_field="text")) == (
        "column 'text' can't be both the text and the key"
    )


def test_a_long_list_of_long_names_is_shortened() -> None:
    names = tuple("n" * 50 + str(number) for number in range(30))
    message = refusal(names, ReadOptions(text_field="text"))
    assert message.endswith(f"'{'n' * 39}…' and 10 more")
    assert len(message) < 1000


@pytest.mark.parametrize(("value", "key"), [("a", "a"), (7, "7"), (10**30, "1" + "0" * 30)])
def test_a_key_is_a_string_or_a_whole_number(value: object, key: str) -> None:
    assert ItemMaker(ReadOptions()).item({"id": value, "text": "x"}) == Item("x", key)


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_key_is_none_unless_the_key_was_asked_for(value: object) -> None:
    assert ItemMaker(ReadOptions()).item({"id": value, "text": "x"}) == Item("x")
    with pytest.raises(InputError, match=r"^the key is empty$"):
        ItemMaker(ReadOptions(key_field="id")).item({"id": value, "text": "x"})


@pytest.mark.parametrize(
    ("value", "kind"), [(True, "a boolean"), (1.0, "a number"), ([], "an array"), ({}, "an object")]
)
def test_any_other_key_is_refused(value: object, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        ItemMaker(ReadOptions()).item({"id": value, "text": "x"})
    assert str(caught.value) == f"the key is {kind}, not a string or a whole number"


def test_what_is_neither_text_nor_key_is_meta() -> None:
    row: dict[str, object] = {"stars": "5", "text": " x ", "id": "r-1", "": "0"}
    assert ItemMaker(ReadOptions()).item(row) == Item("x", "r-1", {"stars": "5", "": "0"})
