"""Pairs of units that get mixed up in one column, and how to go from one to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPair:
    """The same quantity in two units: large = factor * small + offset, where `large` gives the larger numbers."""

    name: str  # "unit of the larger numbers / unit of the smaller numbers"
    factor: float
    offset: float = 0.0
    common: bool = True  # mixed up often; rare pairs have to fit better

    @property
    def decimal(self) -> bool:
        """A power of ten: a slip of the decimal point or a metric prefix, by far the commonest mix-up."""
        return self.offset == 0 and self.factor in (10.0, 100.0, 1000.0, 10_000.0, 1e6)

    @property
    def shift(self) -> float:
        """Distance of the two units on the logarithmic scale."""
        return math.log(self.factor)


# Exact or six-digit factors of the SI brochure (9th edition), NIST SP 811 appendix B, and, for laboratory values, the
# molar masses of glucose (180.156), cholesterol (386.65) and creatinine (113.12).
FACTORS = (
    UnitPair(name="km / mile", factor=1.609344),
    UnitPair(name="knot to km/h", factor=1.852, common=False),
    UnitPair(name="lb / kg", factor=2.204623),
    UnitPair(name="mile/h / (m/s)", factor=2.236936, common=False),
    UnitPair(name="acre / hectare", factor=2.471054, common=False),
    UnitPair(name="cm / inch", factor=2.54),
    UnitPair(name="foot / m", factor=3.28084),
    UnitPair(name="km/h / (m/s)", factor=3.6, common=False),
    UnitPair(name="litre / gallon", factor=3.785412, common=False),
    UnitPair(name="kJ / kcal", factor=4.184, common=False),
    UnitPair(name="kPa / psi", factor=6.894757, common=False),
    UnitPair(name="day / week", factor=7.0),
    UnitPair(name="mmHg / kPa", factor=7.500617, common=False),
    UnitPair(name="ten times (mm / cm)", factor=10.0),
    UnitPair(name="square foot / square metre", factor=10.76391, common=False),
    UnitPair(name="month / year", factor=12.0),
    UnitPair(name="mg/dl / (mmol/l), glucose", factor=18.0156, common=False),
    UnitPair(name="hour / day", factor=24.0),
    UnitPair(name="g / ounce", factor=28.34952, common=False),
    UnitPair(name="mg/dl / (mmol/l), cholesterol", factor=38.665, common=False),
    UnitPair(name="degree / radian", factor=57.29578, common=False),
    UnitPair(name="minute / hour, second / minute", factor=60.0),
    UnitPair(name="umol/l / (mg/dl), creatinine", factor=88.402, common=False),
    UnitPair(name="hundred times (cents, percent, cm / m)", factor=100.0),
    UnitPair(name="day / year", factor=365.25),
    UnitPair(name="thousand times (ms / s, g / kg, m / km)", factor=1000.0),
    UnitPair(name="1024 times (KiB / MiB)", factor=1024.0, common=False),
    UnitPair(name="yearly / hourly pay", factor=2080.0),
    UnitPair(name="second / hour", factor=3600.0),
    UnitPair(name="ten thousand times (basis points)", factor=10_000.0, common=False),
    UnitPair(name="second / day", factor=86_400.0),
    UnitPair(name="million times", factor=1e6),
)
AFFINE = (
    UnitPair(name="Fahrenheit / Celsius", factor=1.8, offset=32.0),
    UnitPair(name="kelvin / Celsius", factor=1.0, offset=273.15),
)
