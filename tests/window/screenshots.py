"""Pictures of the window: exact sizes, nothing blank, equal for equal input, larger than the screen."""
import json
import os
import subprocess
import tempfile

from _window import POSTACK, check, colours, read_png

folder = tempfile.mkdtemp()


def picture(name, *words, size="1280x800"):
    file, report = os.path.join(folder, name + ".png"), os.path.join(folder, name + ".jsonl")
    done = subprocess.run([POSTACK, "open", "smtp-postfix", "--screenshot", file, "--size", size,
                           "--report", report, *words], capture_output=True, text=True)
    check(done.returncode == 0, f"{name}: {done.stderr}")
    return file, json.loads(open(report).read().split("\n")[-2])


file, state = picture("fr", "--step", "11", "--lang", "fr")
shown = read_png(file)
check(shown[:2] == (1280, 800), "the picture has the size asked for")
check(state["step"] == 11 and state["steps"] == 32 and state["language"] == "fr", "the step asked for")
check(state["selection"]["packet"] == 11, "the packet of the step is selected")
for name in ("top_bar", "timeline", "packet_list", "why", "details", "side", "diagram"):
    check(name in state["panels"], f"{name} shows")
    check(colours(shown, state["panels"][name]) > 8, f"{name} is not blank")
x, y, w, h = state["controls"]["arrow.selected"]
dx, dy, dw, dh = state["panels"]["diagram"]
check(dy <= y and y + h <= dy + dh, "the selected arrow is in sight")
x, y, w, h = state["controls"]["row.selected"]
dx, dy, dw, dh = state["panels"]["packet_list"]
check(dy <= y and y + h <= dy + dh, "the selected row is in sight")

again, _ = picture("again", "--step", "11", "--lang", "fr")
check(open(file, "rb").read() == open(again, "rb").read(), "equal input gives an equal picture")
other, _ = picture("en", "--step", "11", "--lang", "en")
check(open(file, "rb").read() != open(other, "rb").read(), "another language shows")
for step in (0, 32, 99):
    _, state = picture(f"step{step}", "--step", str(step))
    check(state["step"] == min(step, 32), f"step {step} is clamped")

# Larger than any screen it may run on, at double scale.
file, state = picture("large", "--step", "20", "--scale", "2", "--dark", size="2560x1600")
shown = read_png(file)
check(shown[:2] == (2560, 1600), "a picture larger than the screen")
check(state["dark"] and state["scale"] == 2.0, "dark, at double scale")
check(colours(shown, state["panels"]["diagram"], 7) > 8, "the large diagram is not blank")

done = subprocess.run([POSTACK, "open", "smtp-postfix", "--screenshot", "/nonexistent/x.png"],
                      capture_output=True, text=True)
check(done.returncode == 1 and "/nonexistent/x.png" in done.stderr, "a file that cannot be written")
done = subprocess.run([POSTACK, "open", "smtp-postfix", "--screenshot", file], capture_output=True,
                      text=True, env={k: v for k, v in os.environ.items()
                                      if k not in ("DISPLAY", "WAYLAND_DISPLAY")})
check(done.returncode == 1 and "xvfb-run" in done.stderr, "no screen: the error says what to do")
print("pictures are as asked")
