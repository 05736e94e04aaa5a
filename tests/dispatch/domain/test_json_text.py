"""Text that is not the JSON it should be is refused with its place."""

from __future__ import annotations

import json

import pytest

from dispatch.domain.json_text import read_json
from dispatch.errors import BadInputError


def test_byte_order_mark_is_ignored() -> None:
    assert read_json(b"\xef\xbb\xbf[1]") == [1]
    assert read_json("\ufeff[1]") == [1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1,\n "b": }', r"^line 2, column 7: is not JSON: expecting value, near '}'"),
        (b'{"a": 1', r"^line 1, column 8: is not JSON: .* \(the text ends\)"),
        (b"[1] [2]", r"^line 1, column 5: is not JSON: extra data"),
        (b"", r"^is empty"),
        (b" \n", r"^is empty"),
        (b'{\n"name": "\xb5\xd8"}', r"^line 2, byte 10: is not UTF-8 \(byte 0xb5\); save it as UTF-8"),
        ("[1]".encode("utf-16"), r"^is UTF-16"),
        ("[1]".encode("utf-16-le"), r"^is UTF-16"),
        ("[1]".encode("utf-32-be"), r"^is UTF-16 or UTF-32, not UTF-8; save it as UTF-8$"),
        (b'{"a": {"b": 1, "b": 2}}', r"^a\.b: stands twice in one object"),
        (b'{"a": [1, NaN]}', r"^a\[1\]: nan is no number in JSON"),
        (b'{"a": -Infinity}', r"^a: -inf is no number in JSON"),
        (b'{"a": [1.5, 1e999]}', r"^a\[1\]: inf is no number in JSON"),
        (b'{"a": "\\ud800"}', r"^a: '\\ud800' is broken text"),
        (b'{"a": "\\u0000"}', r"^a: '\\x00' is broken text"),
        (b'{"\\udfff": 1}', r"^key '\\udfff' is broken text"),
        (b"[" * 100_000, r"^nested too deeply"),
        (b"[" * 65 + b"]" * 65, r"^nested too deeply \(more than 64 levels\); flatten it$"),
        (b"[1,\n " + b"9" * 5_000 + b"]", r"^line 2, column 2: a number of thousands of digits"),
    ],
)
def test_faulty_text_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        read_json(data)


def test_all_oddities_of_a_text_are_told() -> None:
    with pytest.raises(BadInputError) as caught:
        read_json('[{"a": 1, "a": NaN}, NaN, {"b": 1, "b": 2, "b": 3}]')
    assert [problem.path for problem in caught.value.problems] == ["[0].a", "[0].a", "[1]", "[2].b"]


def test_nesting_is_counted_in_lists_and_objects_and_ends_in_a_value() -> None:
    deep = '{"a": [' * 32 + "1" + "]}" * 32
    assert json.dumps(read_json(deep)) == deep
    with pytest.raises(BadInputError, match="nested too deeply"):
        read_json(f"[1, {deep}, 1]")


def test_surrogate_pair_is_one_character() -> None:
    assert read_json(json.dumps({"a": "\U0001f600"})) == {"a": "\U0001f600"}
