"""What the window tests share: the program, PNG sizes and pixels, a window driven with xdotool."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib

POSTACK = os.environ["POSTACK"]


def check(condition, what):
    if not condition:
        print("FAILED:", what)
        sys.exit(1)


def read_png(path):
    """(width, height, rows of RGB bytes) of an 8-bit RGB or RGBA PNG."""
    data = open(path, "rb").read()
    check(data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is a PNG")
    at, packed, head = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    width, height, depth, colour = head[:4]
    check(depth == 8 and colour in (2, 6), "8 bits, RGB or RGBA")
    size = 3 if colour == 2 else 4
    raw, stride = zlib.decompress(packed), width * size
    rows, before = [], bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a = row[i - size] if i >= size else 0
            b = before[i]
            c = before[i - size] if i >= size else 0
            if kind == 1:
                row[i] = (row[i] + a) & 255
            elif kind == 2:
                row[i] = (row[i] + b) & 255
            elif kind == 3:
                row[i] = (row[i] + (a + b) // 2) & 255
            elif kind == 4:
                p = a + b - c
                best = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
                row[i] = (row[i] + best[2]) & 255
        rows.append(bytes(row))
        before = row
    return width, height, size, rows


def colours(picture, rect, step=3):
    """How many different colours lie in a rectangle (sampled)."""
    width, height, size, rows = picture
    x, y, w, h = rect
    found = set()
    for row in rows[max(y, 0):min(y + h, height):step]:
        for column in range(max(x, 0), min(x + w, width), step):
            found.add(row[column * size:column * size + 3])
    return len(found)


class Window:
    """The real window, on the screen of $DISPLAY, with its reports."""

    def __init__(self, *words):
        self.report = tempfile.NamedTemporaryFile(suffix=".jsonl", delete=False).name
        self.process = subprocess.Popen([POSTACK, *words, "--report", self.report])
        self.wait(lambda s: True, "the window opens", 60)
        found = ""
        for _ in range(100):
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "postack"],
                                   capture_output=True, text=True).stdout.split()
            if found:
                break
            time.sleep(0.1)
        check(found, "xdotool finds the window")
        self.id = found[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", self.id],
                       stderr=subprocess.DEVNULL, timeout=10)

    def state(self):
        try:
            lines = open(self.report).read().split("\n")[:-1]
        except FileNotFoundError:
            return None
        return json.loads(lines[-1]) if lines else None

    def wait(self, wanted, what, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            check(self.process.poll() is None, f"the program runs on ({what})")
            state = self.state()
            if state and wanted(state):
                return state
            time.sleep(0.05)
        check(False, f"{what}; the last report is {self.state()}")

    def settled(self, quiet=0.6, seconds=20):
        """The state once nothing has been reported for a while: lists have scrolled to their places."""
        last, since, end = None, time.time(), time.time() + seconds
        while time.time() < end:
            state = self.state()
            if state != last:
                last, since = state, time.time()
            if time.time() - since > quiet:
                return state
            time.sleep(0.05)
        check(False, "the window never comes to rest")

    def key(self, *keys):
        subprocess.run(["xdotool", "key", "--delay", "60", *keys], check=True)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "60", text], check=True)

    def click_at(self, x, y):
        subprocess.run(["xdotool", "mousemove", "--window", self.id, str(x), str(y)], check=True)
        time.sleep(0.15)
        subprocess.run(["xdotool", "mousedown", "1"], check=True)
        time.sleep(0.12)
        subprocess.run(["xdotool", "mouseup", "1"], check=True)

    def click(self, name):
        state = self.state()
        x, y, w, h = {**state["panels"], **state["controls"]}[name]
        self.click_at(x + w // 2, y + h // 2)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        os.unlink(self.report)
