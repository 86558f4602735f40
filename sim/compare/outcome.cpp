#include "sim/compare/outcome.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace postack::compare {
namespace {

// The next line of a text, with its LF if it has one; the text is shortened by it.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(line.size());
    return line;
}

std::string_view without_end(std::string_view line) {
    return line.substr(0, line.find_last_not_of("\r\n") + 1);
}

// An mbox file without the dates of its From_ lines and without each message's first Received field
// (the server's own; a body's "From " is quoted in the file).
std::string without_trace(std::string_view mbox) {
    std::string kept;
    bool header = false;
    bool dropped = false;  // this message's Received is gone
    bool within = false;   // its folded lines follow
    while (!mbox.empty()) {
        const std::string_view line = take_line(mbox);
        if (line.starts_with("From ")) {
            header = true;
            dropped = within = false;
            kept += line.substr(0, line.find(' ', 5));
            kept += '\n';
            continue;
        }
        within = within && (line.starts_with(' ') || line.starts_with('\t'));
        if (within) continue;
        if (header && !dropped && line.starts_with("Received:")) {
            dropped = within = true;
            continue;
        }
        header = header && !without_end(line).empty();
        kept += line;
    }
    return kept;
}

std::string without_digits(std::string_view line) {
    std::string masked{line};
    std::replace_if(
        masked.begin(), masked.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
    return masked;
}

}  // namespace

std::string_view name(Outcome outcome) {
    switch (outcome) {
        case Outcome::intact: return "intact";
        case Outcome::damaged: return "damaged";
        case Outcome::never: break;
    }
    return "never";
}

Evidence evidence(const scenario::Scenario& scenario, const record::Recording& recording) {
    Evidence found;
    const record::EventIndex first =
        recording.packets.empty() ? record::none : recording.packets.front().sent_event;
    for (const record::MailboxChange& change : recording.mailbox_changes) {
        const bool early = change.event < first;
        std::string& content = found.after[{change.host, change.mailbox}];
        if (change.replaced) content.clear();
        content += change.text;
        if (early) {
            found.before[{change.host, change.mailbox}] = content;
        } else {
            found.last_stored = recording.events[change.event].time;
        }
    }
    for (Evidence::Mailboxes* boxes : {&found.before, &found.after}) {
        for (auto& [box, content] : *boxes)
            content = without_trace(content);
        // An empty file and none are the same mail.
        for (auto box = boxes->begin(); box != boxes->end();)
            box = box->second.empty() ? boxes->erase(box) : std::next(box);
    }
    std::set<record::HostId> people;
    for (const scenario::TypistPart& typist : scenario.typists)
        people.insert(typist.host);
    for (const record::Line& line : recording.lines) {
        if (line.kind != record::LineKind::received || people.count(line.host) == 0) continue;
        found.shown[line.host] += line.text;
        found.last_shown = recording.events[line.event].time;
    }
    return found;
}

core::Result<Yardstick> Yardstick::make(const scenario::Scenario& scenario,
                                        const record::Recording& without_loss) {
    Yardstick made;
    made.wanted_ = evidence(scenario, without_loss);
    const auto& services = scenario.services;
    made.reads_ = std::any_of(services.begin(), services.end(), [](const auto& service) {
        return std::holds_alternative<scenario::Pop3Part>(service.engine) ||
               std::holds_alternative<scenario::ImapPart>(service.engine);
    });
    for (const auto& [box, content] : made.wanted_.before) {
        std::string_view text = content;
        while (!text.empty()) {
            const std::string_view line = without_end(take_line(text));
            if (!line.empty()) made.mail_lines_.emplace(line);
        }
    }
    made.wanted_answers_ = made.comparable(made.wanted_);
    if (made.wanted_.after == made.wanted_.before && !made.shows_mail(made.wanted_)) {
        return core::Error{
            fmt::format("{}: even without loss no mail is delivered, read or deleted "
                        "in it: there is nothing to compare",
                        scenario.file)};
    }
    return made;
}

Outcome Yardstick::judge(const Evidence& found) const {
    const bool same_boxes = found.after == wanted_.after;
    if (same_boxes && (!reads_ || comparable(found) == wanted_answers_)) return Outcome::intact;
    const bool changed = found.after != found.before;
    return changed || (reads_ && shows_mail(found)) ? Outcome::damaged : Outcome::never;
}

std::map<record::HostId, std::string> Yardstick::comparable(const Evidence& found) const {
    std::map<record::HostId, std::string> answers;
    for (const auto& [host, text] : found.shown) {
        std::string& kept = answers[host];
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::string_view line = take_line(rest);
            const bool of_mail = mail_lines_.count(without_end(line)) != 0;
            kept += of_mail ? std::string{line} : without_digits(line);
        }
    }
    return answers;
}

bool Yardstick::shows_mail(const Evidence& found) const {
    for (const auto& [host, text] : found.shown) {
        std::string_view rest = text;
        while (!rest.empty()) {
            if (mail_lines_.count(without_end(take_line(rest))) != 0) return true;
        }
    }
    return false;
}

}  // namespace postack::compare
