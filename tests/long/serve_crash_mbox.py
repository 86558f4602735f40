#!/usr/bin/env python3
"""A thousand deliveries into a mailbox file with the server killed again and again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "interop"))
import _crash  # noqa: E402

_crash.crash(1000, 4, "--mailbox-format", "mbox")
