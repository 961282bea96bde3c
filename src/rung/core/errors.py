"""Every error that rung raises on purpose.

RungError
├── BadInput        a file, table, column or model cannot be used as given
├── BadSetting      an option or a knob has an impossible value
├── MissingExtra    a library that is not installed is needed
├── Unavailable     a fact cannot exist here; whoever asked for it is *skipped* with this reason
└── PluginError     a check, fact, experiment or fault breaks its contract
"""

from __future__ import annotations


class RungError(Exception):
    """An error with a message for people, a hint of what to do and a slug for programs."""

    slug = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}" if self.hint else self.message


class BadInput(RungError):
    """What the user handed over cannot be used as it is."""

    slug = "bad-input"


class BadSetting(RungError):
    """An option or a knob has a value that cannot work."""

    slug = "bad-setting"


class MissingExtra(RungError):
    """A library is needed that is not installed."""

    slug = "missing-extra"

    @classmethod
    def named(cls, library: str, extra: str, purpose: str) -> MissingExtra:
        """Say which library is missing, what for, and the line that installs it."""
        return cls(
            f"'{library}' is needed {purpose} and is not installed.",
            hint=f'pip install "rung[{extra}]"',
        )


class Unavailable(RungError):
    """A fact cannot exist in this case; checks that need it are skipped with this reason."""

    slug = "unavailable"


class PluginError(RungError):
    """A check, fact, experiment or fault breaks its contract."""

    slug = "plugin-error"
