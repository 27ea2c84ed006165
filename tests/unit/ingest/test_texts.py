from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentijob.errors import InputError
from sentijob.ingest.texts import checked_key, checked_text


def refusal(raw: str, max_length: int = 10) -> str:
    with pytest.raises(InputError) as caught:
        checked_text(raw, max_length=max_length)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" good\n", "good"),
        ("\u3000\u00a0good\u2028", "good"),
        ("a\tb\n\nc", "a\tb\n\nc"),
        ("\u200bx", "\u200bx"),
        ("  0123456789  ", "0123456789"),
    ],
)
def test_a_text_is_trimmed_and_else_left_alone(raw: str, text: str) -> None:
    assert checked_text(raw, max_length=10) == text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "the text is empty"),
        (" \t\r\n\u2029", "the text is only white space"),
        ("\u200b\u200d", "the text has only invisible characters"),
        ("\U000e0041\ufe0f \u3164", "the text has only invisible characters"),
        ("01234567890", "the text has 11 characters; at most 10 are taken"),
        ("ab\0c", "the text has a NUL at character 3"),
        ("é\ud83d!", "the text has a lone surrogate (U+D83D) at character 2"),
    ],
)
def test_what_no_model_can_score_is_refused_by_name(raw: str, message: str) -> None:
    assert refusal(raw) == message


@given(st.text(max_size=30))
def test_a_taken_text_can_be_stored_shown_and_taken_again(raw: str) -> None:
    try:
        text = checked_text(raw, max_length=20)
    except InputError:
        return
    assert text.encode().decode() == text
    assert 1 <= len(text) <= 20
    assert any(unicodedata.category(character) not in {"Cf", "Zs"} for character in text)
    assert checked_text(text, max_length=20) == text


def test_a_key_is_kept_as_it_is() -> None:
    assert checked_key(" r-17\n") == " r-17\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "the key is empty"),
        ("k" * 1001, "the key has 1001 characters; at most 1000 are taken"),
        ("a\0", "the key has a NUL at character 2"),
        ("\udc00", "the key has a lone surrogate (U+DC00) at character 1"),
    ],
)
def test_a_key_that_cannot_be_kept_is_refused(raw: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_key(raw)
    assert str(caught.value) == message
