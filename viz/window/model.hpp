// What the panels read: the recording, and what is worked out from it. Rows are made once; what
// belongs to a step (netstat, mailboxes, details) is made when the step is first looked at and kept
// until the next, so that a frame costs what it shows, not what was recorded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/record/cursor.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"
#include "viz/diagram/layout.hpp"
#include "viz/window/view_state.hpp"

namespace postack::window {

/// The two ends of the conversation of a packet: who opened it first. Either may be `none`.
struct Ends {
    record::SocketId client = record::none, server = record::none;
};

/// One mailbox as its file stands at a step.
struct Mailbox {
    record::HostId host = record::none;
    std::string path;
    std::string text;
    std::uint64_t size = 0;
    bool changed = false;  ///< at this very step
    bool cut = false;      ///< `text` is only its end
};

struct TerminalLine {
    record::LineKind kind{};
    std::string_view text;  ///< in the recording
    bool fresh = false;     ///< said at this very step
};

struct HostSockets {
    record::HostId host = record::none;
    std::vector<record::NetstatRow> listening, connected;
};

/// What holds at one step.
struct StepFacts {
    std::uint32_t step = 0;
    record::Cursor cursor = 0, before = 0;  ///< at this step and at the one before
    core::Instant time{};
    std::vector<HostSockets> sockets;
    std::vector<Mailbox> mailboxes;
    std::vector<record::Field> details;  ///< of the selected packet
};

/// Text shown of one mailbox or terminal at most: the newest part. A screen holds a hundredth of
/// it.
inline constexpr std::size_t max_panel_text = std::size_t{64} * 1024;
/// Marks of lost and repeated packets on the timeline: one a bin, so that 100,000 packets cost no
/// more than a thousand.
inline constexpr std::uint32_t timeline_bins = 1024;
enum class Mark : unsigned char { none, again, lost };

class Model {
   public:
    explicit Model(record::Recording recording);
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    [[nodiscard]] const record::Recording& recording() const { return recording_; }
    [[nodiscard]] const std::vector<record::Row>& rows() const { return rows_; }
    [[nodiscard]] std::uint32_t steps() const {
        return static_cast<std::uint32_t>(recording_.packets.size());
    }

    /// Packets whose row contains the filter (letters of either case alike; as filter_matches
    /// says); worked out again only when the filter changes. nullptr: no filter, all packets.
    const std::vector<record::PacketId>* filtered(const std::string& filter);

    /// What holds at a step. The reference holds until another step is asked for.
    const StepFacts& at(std::uint32_t step);
    [[nodiscard]] Ends ends(record::PacketId packet) const;
    /// The newest lines of a host's terminal at a step, oldest first.
    [[nodiscard]] std::vector<TerminalLine> terminal(record::HostId host,
                                                     const StepFacts& at) const;
    /// Hosts that have terminal lines anywhere in the recording.
    [[nodiscard]] const std::vector<record::HostId>& terminals() const { return terminals_; }
    /// Index of the chapter of a step, nothing if none.
    [[nodiscard]] std::optional<std::size_t> chapter(std::uint32_t step) const;
    [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

    /// The plan of the diagram for a language and width; made anew when one of them changes.
    const diagram::Plan& plan(const core::Catalog& catalog, const diagram::TextMeasure& measure,
                              double width, bool with_sides);

   private:
    record::Recording recording_;
    std::vector<record::Row> rows_;
    std::vector<record::HostId> terminals_;
    std::vector<Mark> marks_;
    std::string filter_;
    std::vector<record::PacketId> filtered_;
    std::optional<StepFacts> facts_;

    std::optional<diagram::Plan> plan_;
    core::Language plan_language_ = core::Language::english;
    double plan_width_ = 0;
    bool plan_sides_ = false;
};

/// True if number, addresses, protocol, length or Info of the row contain the text, letters of
/// either case alike. An empty text matches all. `lower` is already in lower case (ASCII).
bool filter_matches(const record::Row& row, std::string_view lower);
std::string ascii_lower(std::string_view text);

}  // namespace postack::window
