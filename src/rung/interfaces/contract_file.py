"""Reads a contract from a TOML file."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import fields
from pathlib import Path

from rung.core.errors import BadInput, BadSetting
from rung.inputs.contract import Contract


def read_contract(path: Path) -> Contract:
    """The declarations in a TOML file; keys are the fields of Contract. Raises BadInput or BadSetting naming what is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no contract file '{path}'.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"'{path}' is no TOML: {error}.", hint="Write one `name = value` a line, texts in quotes.") from error
    known = [each.name for each in fields(Contract)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise BadSetting(
                f"'{path}' declares '{name}'.", hint=f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(known)}."
            )
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Contract).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSetting(f"'{path}' gives {name} = {first['input']!r}.", hint=f"{first['msg']}.") from error
