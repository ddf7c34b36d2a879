"""
A seeded desk at work: realistic histories for a first look, for tests and for benchmarks.

The people are numbers, the sites are cities, and nothing in it ever happened.
"""

from itsmkit.simulate.outage import Outage
from itsmkit.simulate.simulated_month import SimulatedMonth, month

__all__ = ["Outage", "SimulatedMonth", "month"]
