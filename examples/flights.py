"""Debug a model in Python: the bundled flights, with what is only known after departure left in."""

import rung
from rung.interfaces.example import flights_case

case = flights_case()
report = rung.diagnose(case.train, target=case.target, test=case.test, model=case.model, budget=20)

cause = report.findings[0]
print(f"{cause.code} {cause.name}: {cause.message}")
print(f"fix: {cause.remedy.fix}")

outcome = report.outcome_of(cause)
if outcome is not None:
    print(f"{outcome.metric} {outcome.before.value:.3f} -> {outcome.after.value:.3f}: {outcome.verdict}")
