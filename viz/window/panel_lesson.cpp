// The chapter in which the step lies, the list of chapters, and questions with their answers.
#include <fmt/format.h>

#include "viz/window/frame.hpp"

namespace postack::window {
namespace {

void draw_chapter_list(Frame& frame, std::optional<std::size_t> current) {
    const auto& chapters = frame.model.recording().lesson.chapters;
    text(frame.fonts.small_strong, frame.faint(), frame.word("chapters"));
    ImGui::PushFont(frame.fonts.small);
    for (std::size_t i = 0; i < chapters.size(); ++i) {
        const std::string& title = chapters[i].title.in(frame.language());
        const bool on = current && *current == i;
        ImGui::PushID(static_cast<int>(i));
        const ImVec2 size(ImGui::GetContentRegionAvail().x, 0);
        const std::string label =
            fit(fmt::format("{}. {}", i + 1, title), ImGui::GetContentRegionAvail().x);
        if (ImGui::Selectable(label.c_str(), on, 0, size)) {
            go_to_step(frame.state, chapters[i].first);
            frame.state.flight = 1;
        }
        frame.see(fmt::format("chapter.{}", i + 1));
        ImGui::PopID();
    }
    ImGui::PopFont();
}

void draw_questions(Frame& frame) {
    const auto& questions = frame.model.recording().lesson.questions;
    if (questions.empty()) return;
    ImGui::Dummy(ImVec2(0, frame.px(4)));
    text(frame.fonts.small_strong, frame.faint(), frame.word("questions"));
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const record::Question& question = questions[i];
        ImGui::PushID(static_cast<int>(i));
        wrapped(frame.fonts.text, frame.ink(),
                fmt::format("{}. {}", i + 1, question.question.in(frame.language())));
        ImGui::PushFont(frame.fonts.small);
        if (question.packet > 0 && question.packet <= frame.state.steps) {
            const std::string label = fmt::format("{} {}", frame.word("packet"), question.packet);
            if (ImGui::SmallButton(label.c_str())) {
                go_to_step(frame.state, question.packet);
                frame.state.flight = 1;
            }
            ImGui::SameLine();
        }
        // Hidden until asked for: the class is to find it first.
        ImGuiStorage& kept = *ImGui::GetStateStorage();
        const ImGuiID key = ImGui::GetID("answer");
        const bool open = kept.GetBool(key, false);
        const std::string label{frame.word(open ? "hide_answer" : "show_answer")};
        if (ImGui::SmallButton((label + "###answer_button").c_str())) kept.SetBool(key, !open);
        ImGui::PopFont();
        if (open) {
            wrapped(frame.fonts.text, frame.palette.of(diagram::Role::control),
                    question.answer.in(frame.language()));
        }
        ImGui::PopID();
    }
}

}  // namespace

void draw_lesson(Frame& frame) {
    const record::Lesson& lesson = frame.model.recording().lesson;
    const auto current = frame.model.chapter(frame.state.step);
    if (current) {
        const record::Chapter& chapter = lesson.chapters[*current];
        wrapped(frame.fonts.title, frame.ink(), chapter.title.in(frame.language()));
        wrapped(frame.fonts.text, frame.ink(), chapter.text.in(frame.language()));
    } else {
        const std::string& title = lesson.title.in(frame.language());
        const std::string& summary = lesson.summary.in(frame.language());
        wrapped(frame.fonts.title, frame.ink(), title);
        wrapped(frame.fonts.text, summary.empty() ? frame.faint() : frame.ink(),
                summary.empty() ? frame.word("no_lesson") : std::string_view{summary});
    }
    if (!lesson.chapters.empty()) {
        ImGui::Dummy(ImVec2(0, frame.px(4)));
        draw_chapter_list(frame, current);
    }
    draw_questions(frame);
}

}  // namespace postack::window
