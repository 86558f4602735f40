#!/usr/bin/env python3
"""A thousand deliveries with the server killed again and again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "interop"))
import _crash  # noqa: E402

_crash.crash(deliveries=1000, seed=2)
