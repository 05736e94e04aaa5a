"""JSON texts that people can read and that stay small: one entry a line, deeper things within it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def json_text(value: Any, *, depth: int) -> str:
    """Return a value as JSON: its outer `depth` levels are broken into lines, what is inside stays on one."""
    return "".join(_laid_out(value, depth, "")) + "\n"


def _laid_out(value: Any, depth: int, indent: str) -> Iterator[str]:
    if depth == 0 or not isinstance(value, dict | list) or not value:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    deeper = f"{indent}  "
    entries = value.items() if isinstance(value, dict) else ((None, part) for part in value)
    separator = f"{opening}\n{deeper}"
    for name, part in entries:
        yield separator if name is None else f"{separator}{json.dumps(name, ensure_ascii=False)}: "
        yield from _laid_out(part, depth - 1, deeper)
        separator = f",\n{deeper}"
    yield f"\n{indent}{closing}"
