"""Options of the command: what verbs share is the same in each, and what is declared arrives."""

from dataclasses import fields

import pytest
import typer

from rung.core.errors import BadInput
from rung.inputs.contract import Contract
from rung.interfaces.cli.main import app

SHARED = (
    "target",
    "time",
    "group",
    "positive",
    "prediction",
    "task",
    "model",
    "trust",
    "contract",
    "seed",
    "ignore",
    "fail_on",
    "formats",
    "outputs",
)
DECLARED = {"cost_fp": 1.0, "cost_fn": 8.0, "min_recall": 0.9, "min_precision": 0.8, "prevalence": 0.02, "protected": ("sex", "age")}


def options(verb):
    """Name -> (flags, help, default) of one verb."""
    command = typer.main.get_command(app).commands[verb]
    return {each.name: (each.opts, each.help, each.default) for each in command.params if each.param_type_name == "option"}


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_option_is_one_option(name):
    """Same flags, same sentence, same default in every verb that has it."""
    found = [options(verb)[name] for verb in ("diagnose", "compare", "snapshot", "check", "run") if name in options(verb)]
    found = [each for each in found if not (name == "fail_on" and each[2] is None)]  # `run` keeps the program's own exit code

    assert len(found) >= 2
    assert all(each == found[0] for each in found)


def test_what_is_declared_on_the_command_line_reaches_the_contract(monkeypatch):
    """Costs, floors, prevalence and protected columns, each under the contract's own name."""
    seen = {}

    def stand_in(_train, **given):
        seen.update(given)
        raise BadInput("far enough")

    monkeypatch.setattr("rung.interfaces.api.diagnose", stand_in)
    pairs = [(name, each) for name, value in DECLARED.items() for each in (value if isinstance(value, tuple) else (value,))]
    words = [word for name, value in pairs for word in (f"--{name.replace('_', '-')}", str(value))]
    with pytest.raises(BadInput):
        typer.main.get_command(app).main(["diagnose", "train.csv", *words], standalone_mode=False)

    assert {name: seen[name] for name in DECLARED} == DECLARED
    assert set(DECLARED) <= {each.name for each in fields(Contract)}
