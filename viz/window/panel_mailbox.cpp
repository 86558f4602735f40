// The mailbox files as they stand at this step: what `cat /var/mail/…` would show.
#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {

void draw_mailbox(Frame& frame) {
    const StepFacts& facts = frame.model.at(frame.state.step);
    if (facts.mailboxes.empty()) {
        wrapped(frame.fonts.small, frame.faint(), frame.word("no_mailbox"));
        return;
    }
    const record::Recording& recording = frame.model.recording();
    for (const Mailbox& box : facts.mailboxes) {
        ImGui::PushFont(frame.fonts.small_strong);
        text(box.path);
        ImGui::PopFont();
        ImGui::SameLine();
        text(frame.fonts.small,
             box.changed ? frame.palette.of(diagram::Role::control) : frame.faint(),
             fmt::format("{} {}{}", box.size, frame.word("bytes"),
                         box.host < recording.hosts.size()
                             ? "  ·  " + recording.hosts[box.host].title.in(frame.language())
                             : std::string{}));
        if (box.cut) text(frame.fonts.small, frame.faint(), "…");
        wrapped(frame.fonts.mono, frame.ink(), box.text);
        ImGui::Separator();
    }
}

}  // namespace postack::window
