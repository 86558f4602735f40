#!/usr/bin/env python3
"""A hundred deliveries with the server killed in between; a thousand are in tests/long."""
import _crash

_crash.crash(deliveries=100, seed=1)
