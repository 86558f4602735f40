#!/usr/bin/env python3
"""A hundred deliveries into a mailbox file with the server killed in between; a thousand are in
tests/long."""
import _crash

_crash.crash(100, 3, "--mailbox-format", "mbox")
