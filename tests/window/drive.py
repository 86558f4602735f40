"""The real window, driven with keys and mouse: what its reports say is what was asked for."""
from _window import Window, check

w = Window("open", "smtp-postfix", "--lang", "fr", "--step", "3", "--size", "1280x800")
s = w.wait(lambda s: s["step"] == 3, "it stands at the step asked for")

# Keys.
w.key("Right")
w.wait(lambda s: s["step"] == 4 and s["selection"]["packet"] == 4, "right: one on")
w.key("Left", "Left")
w.wait(lambda s: s["step"] == 2, "left twice: two back")
w.key("End")
w.wait(lambda s: s["step"] == 32, "end")
w.key("Home")
w.wait(lambda s: s["step"] == 0 and s["selection"]["packet"] is None, "home")
w.key("Next")
w.wait(lambda s: s["step"] == 10, "page down: ten on")
w.key("ctrl+g")
w.wait(lambda s: s["go_to"] and "go_to.number" in s["controls"], "Ctrl+G opens the box")
w.type("17")
w.key("Return")
w.wait(lambda s: s["step"] == 17 and not s["go_to"], "the number typed is gone to")
w.key("l")
w.wait(lambda s: s["language"] == "en", "L: the other language")
w.key("d")
w.wait(lambda s: s["dark"], "D: dark")
w.key("F1")
w.wait(lambda s: s["help"] and "help" in s["panels"], "F1: help")
w.key("Escape")
w.wait(lambda s: not s["help"], "escape closes it")
for i, tab in enumerate(["variables", "lesson", "terminal", "netstat", "mailbox"]):
    w.key(str(i + 1))
    w.wait(lambda s: s["tab"] == tab and f"tab_content.{tab}" in s["controls"], f"tab {tab}")
w.key("Home", "space")
w.wait(lambda s: s["playing"] and s["step"] >= 2, "space plays")
w.key("space")
w.wait(lambda s: not s["playing"], "space pauses")

# Mouse.
w.click("button.first")
w.wait(lambda s: s["step"] == 0, "the first button")
w.click("button.next")
w.wait(lambda s: s["step"] == 1, "the next button")
w.click("button.fr")
w.wait(lambda s: s["language"] == "fr", "the language button")
w.click("tab.variables")
w.wait(lambda s: s["tab"] == "variables", "a tab")
s = w.state()
x, y, width, height = s["controls"]["timeline.track"]
w.click_at(x + width // 2, y + height // 2)
w.wait(lambda s: 14 <= s["step"] <= 18, "the timeline")

# Rows, from their left edge to their right: all of a row selects it, lines between columns included.
w.key("ctrl+g")
w.wait(lambda s: s["go_to"] and "go_to.number" in s["controls"], "the box again")
w.type("16")
w.key("Return")
w.wait(lambda s: s["step"] == 16 and not s["go_to"], "to packet 16")
x, y, width, height = w.settled()["controls"]["row.selected"]
for at, number in zip(range(x + 4, x + width - 4, max((width - 8) // 24, 1)), [15, 14] * 100):
    w.click_at(at, y + height // 2 - (16 - number) * (height - 2))
    w.wait(lambda s: s["step"] == number and s["selection"]["packet"] == number,
           f"a click {at - x} pixels into the row of packet {number}")

# An arrow of the diagram: the one above the selected one.
x, y, width, height = w.settled()["controls"]["arrow.selected"]
step = w.state()["step"]
for up in range(10, 120, 10):
    w.click_at(x + width // 2, y + height // 2 - up)
    s = w.settled()
    if s["step"] != step:
        break
check(s["step"] in (step - 1, step - 2) and s["selection"]["packet"] == s["step"],
      f"a click on the arrow above selects its packet, {s['step']} after {step}")

# Filter: what is typed there moves nothing.
step = w.state()["step"]
w.click("filter")
w.wait(lambda s: "filter.typing" in s["controls"], "a click lets one type into the filter")
w.type("HELO")
s = w.wait(lambda s: s["filter"] == "HELO", "the filter is typed")
check(s["rows"] == 1 and s["step"] == step, "one row is left, and the step stays")

# A splitter.
x, y, width, height = s["controls"]["splitter.columns"]
before = s["panels"]["diagram"][2]
import subprocess
subprocess.run(["xdotool", "mousemove", "--window", w.id, str(x + width // 2), str(y + 200),
                "sleep", "0.2", "mousedown", "1", "sleep", "0.2", "mousemove", "--window", w.id,
                str(x + width // 2 - 60), str(y + 200), "sleep", "0.2",
                "mousemove", "--window", w.id, str(x + width // 2 - 100), str(y + 200),
                "sleep", "0.3", "mouseup", "1"], check=True)
w.wait(lambda s: abs(s["panels"]["diagram"][2] - before - 100) < 8, "the splitter is dragged")
w.close()
print("the window does what it is asked")
