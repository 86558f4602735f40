#include "viz/window/model.hpp"

#include <algorithm>

#include "sim/wire/address.hpp"

namespace postack::window {

std::string ascii_lower(std::string_view text) {
    std::string lower{text};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool filter_matches(const record::Row& row, std::string_view lower) {
    if (lower.empty()) return true;
    std::string text = std::to_string(row.number);
    for (const std::string_view part :
         {std::string_view{wire::to_string(row.source)},
          std::string_view{wire::to_string(row.destination)}, row.protocol,
          std::string_view{row.info}, record::name(row.fate)}) {
        // A line feed between the columns: nothing that is typed matches across two of them.
        text += '\n';
        text += part;
    }
    return ascii_lower(text).find(lower) != std::string::npos;
}

Model::Model(record::Recording recording)
    : recording_(std::move(recording)), rows_(record::dissect(recording_)) {
    std::vector<bool> speaks(recording_.hosts.size(), false);
    for (const record::Line& line : recording_.lines) {
        if (line.host < speaks.size()) speaks[line.host] = true;
    }
    for (record::HostId host = 0; host < speaks.size(); ++host) {
        if (speaks[host]) terminals_.push_back(host);
    }

    marks_.assign(timeline_bins, Mark::none);
    for (std::uint32_t i = 0; i < steps(); ++i) {
        const record::Packet& packet = recording_.packets[i];
        const Mark mark = packet.fate == record::Fate::lost || packet.fate == record::Fate::corrupt
                              ? Mark::lost
                          : tcp::is_retransmission(packet.cause) ? Mark::again
                                                                 : Mark::none;
        const std::size_t bin = std::size_t{i} * timeline_bins / std::max(steps(), 1U);
        marks_[bin] = std::max(marks_[bin], mark);
    }
}

const std::vector<record::PacketId>* Model::filtered(const std::string& filter) {
    if (filter.empty()) return nullptr;
    if (filter != filter_) {
        filter_ = filter;
        filtered_.clear();
        const std::string lower = ascii_lower(filter);
        for (std::uint32_t i = 0; i < rows_.size(); ++i) {
            if (filter_matches(rows_[i], lower)) filtered_.push_back(i);
        }
    }
    return &filtered_;
}

namespace {

/// The mailboxes at a cursor: what was appended to each so far, its newest part.
std::vector<Mailbox> mailboxes_at(const record::Recording& recording, record::Cursor cursor,
                                  record::Cursor before) {
    std::vector<Mailbox> boxes;
    for (const record::MailboxChange& change : recording.mailbox_changes) {
        if (change.event >= cursor) break;
        auto box = std::find_if(boxes.begin(), boxes.end(), [&](const Mailbox& b) {
            return b.host == change.host && b.path == change.mailbox;
        });
        if (box == boxes.end()) {
            boxes.push_back({});
            box = boxes.end() - 1;
            box->host = change.host;
            box->path = change.mailbox;
        }
        if (change.replaced) {
            box->text.clear();
            box->cut = false;
        }
        box->text += change.text;
        if (box->text.size() > 2 * max_panel_text) {
            box->text.erase(0, box->text.size() - max_panel_text);
            box->cut = true;
        }
        box->size = change.size_after;
        box->changed = change.event >= before;
    }
    return boxes;
}

}  // namespace

const StepFacts& Model::at(std::uint32_t step) {
    if (facts_ && facts_->step == step) return *facts_;
    StepFacts facts;
    facts.step = step;
    facts.cursor = record::cursor_at_step(recording_, step);
    facts.before = step == 0 ? 0 : record::cursor_at_step(recording_, step - 1);
    facts.time = record::time_at(recording_, facts.cursor);
    for (record::HostId host = 0; host < recording_.hosts.size(); ++host) {
        HostSockets sockets;
        sockets.host = host;
        sockets.listening = record::netstat_at(recording_, host, facts.cursor, true);
        sockets.connected = record::netstat_at(recording_, host, facts.cursor, false);
        if (!sockets.listening.empty() || !sockets.connected.empty()) {
            facts.sockets.push_back(std::move(sockets));
        }
    }
    facts.mailboxes = mailboxes_at(recording_, facts.cursor, facts.before);
    if (step > 0 && step <= steps()) facts.details = record::details(recording_, rows_, step - 1);
    facts_ = std::move(facts);
    return *facts_;
}

Ends Model::ends(record::PacketId packet) const {
    Ends ends;
    if (packet >= recording_.packets.size()) return ends;
    const record::SocketId own = recording_.packets[packet].socket;
    if (own >= recording_.sockets.size()) return ends;
    const record::SocketId peer = recording_.sockets[own].peer;
    (rows_[packet].from_client ? ends.client : ends.server) = own;
    (rows_[packet].from_client ? ends.server : ends.client) = peer;
    return ends;
}

std::vector<TerminalLine> Model::terminal(record::HostId host, const StepFacts& at) const {
    std::vector<TerminalLine> lines;
    const auto& all = recording_.lines;
    auto line = std::lower_bound(
        all.begin(), all.end(), at.cursor,
        [](const record::Line& l, record::Cursor cursor) { return l.event < cursor; });
    for (std::size_t size = 0; line != all.begin() && size < max_panel_text;) {
        --line;
        if (line->host != host) continue;
        lines.push_back({line->kind, line->text, line->event >= at.before});
        size += line->text.size();
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

std::optional<std::size_t> Model::chapter(std::uint32_t step) const {
    const record::Chapter* const found = record::chapter_at(recording_, step);
    if (found == nullptr) return std::nullopt;
    return static_cast<std::size_t>(found - recording_.lesson.chapters.data());
}

const diagram::Plan& Model::plan(const core::Catalog& catalog, const diagram::TextMeasure& measure,
                                 double width, bool with_sides) {
    if (!plan_ || plan_language_ != catalog.language() || plan_width_ != width ||
        plan_sides_ != with_sides) {
        diagram::Options options;
        options.language = catalog.language();
        options.width = width;
        options.heading = false;
        options.numbers = true;
        options.states = options.causes = with_sides;
        plan_.emplace(recording_, rows_, options, catalog, measure);
        plan_language_ = catalog.language();
        plan_width_ = width;
        plan_sides_ = with_sides;
    }
    return *plan_;
}

}  // namespace postack::window
