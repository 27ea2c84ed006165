from __future__ import annotations

from pathlib import Path

import pytest

from sentijob.models.normalize import EmojiNamer, read_normalizer

SMILE, HEART, BROKEN_HEART = "\U0001f600", "❤", "\U0001f494"
NAMES = {
    SMILE: "grinning face",
    HEART: "red heart",
    HEART + "\ufe0f\u200d\U0001f525": "heart on fire",
    "1\ufe0f⃣": "keycap: 1",
}
MINI = "html unescape; @handle to @user; URL to http; emoji to ' name ' by emoji.tsv; words in pieces of 100"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [f"{emoji}\t{name}\n" for emoji, name in NAMES.items()]
    (tmp_path / "emoji.tsv").write_text("".join(rows), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", "plain words"),
        ("R&amp;D &lt;3", "R&D <3"),
        ("thanks @Anna_9, @bob!", "thanks @user, @user!"),
        ("write to anna@host.example", "write to anna@host.example"),
        ("see https://a.example/b?c=d now", "see http now"),
        ("see www.a.example", "see http"),
        ("ahttps", "ahttps"),
        ("a" * 100, "a" * 100),
        ("a" * 250 + "! b", "a" * 100 + " " + "a" * 100 + " " + "a" * 50 + "! b"),
        ("ever/" * 60, "ever/" * 60),
        (f"nice{SMILE}day", "nice grinning face day"),
        (f"&#128512; {HEART}", " grinning face   red heart "),
    ],
)
def test_a_text_is_made_plain(folder: Path, text: str, expected: str) -> None:
    assert read_normalizer(MINI, folder)(text) == expected


def test_a_character_number_too_long_for_python_stays_as_it_is(folder: Path) -> None:
    text = "&#" + "9" * 9_000
    assert read_normalizer(MINI, folder)(text).replace(" ", "") == text


def test_the_longest_emoji_wins() -> None:
    name = EmojiNamer(NAMES)
    assert name(HEART + "\ufe0f\u200d\U0001f525") == " heart on fire "
    assert name(HEART + "\ufe0f") == " red heart \ufe0f"


def test_a_keycap_is_named_and_a_bare_digit_is_not() -> None:
    name = EmojiNamer(NAMES)
    assert name(f"1\ufe0f⃣ of 10 {SMILE}") == " keycap: 1  of 10  grinning face "


def test_an_emoji_that_the_table_lacks_stays() -> None:
    assert EmojiNamer(NAMES)(f"oh {BROKEN_HEART}") == f"oh {BROKEN_HEART}"


def test_nothing_described_changes_nothing(tmp_path: Path) -> None:
    assert read_normalizer("", tmp_path)(f"@a &amp; {SMILE}") == f"@a &amp; {SMILE}"


def test_an_unknown_step_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"'strip vowels'.*html unescape"):
        read_normalizer("html unescape; strip vowels", folder)


@pytest.mark.parametrize("line", ["no tab", "\tname without an emoji", "a\tb\tc"])
def test_a_broken_table_of_emoji_is_refused(folder: Path, line: str) -> None:
    (folder / "emoji.tsv").write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"emoji\.tsv"):
        read_normalizer(MINI, folder)
