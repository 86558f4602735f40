// Layout: recording → a sequence diagram as a board would show it: lifelines, slanted arrows, what
// was said, the states of each end, pauses, phases. A pure function with named distances
// (metrics.hpp); equal input gives an equal scene. Nothing is drawn that is not in the recording: a
// capture from outside has no states and no causes, so its picture has none.
//
//   recording + rows ──► Plan (a y for every event)  ──► shapes of a range ──► painters
//
// A Plan is small (some bytes a packet) and made once; shapes are made only for what shows, so
// 100,000 packets neither fill memory nor a frame.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/language.hpp"
#include "sim/record/dissect.hpp"
#include "sim/record/recording.hpp"
#include "viz/diagram/measure.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::diagram {

/// What an exercise leaves out, and how.
enum class Blank : std::uint8_t { seq = 1, ack = 2, flags = 4, len = 8, state = 16, info = 32 };
enum class BlankMode : std::uint8_t {
    none,     ///< everything is shown, `blanks` is ignored
    blank,    ///< a ruled gap stands where each answer goes; no answer is in the scene
    answers,  ///< the same picture with the gaps filled in (Role::answer)
};

/// A set of Blank.
struct BlankSet {
    std::uint8_t bits = 0;
    [[nodiscard]] constexpr bool has(Blank b) const {
        return (bits & static_cast<std::uint8_t>(b)) != 0;
    }
    constexpr void add(Blank b) {
        bits = static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(b));
    }
    bool operator==(const BlankSet&) const = default;
};
/// Reads `seq,ack,flags,len,state,info` (any of them, in any order). Error: an unknown word; the
/// message names those that exist.
core::Result<BlankSet> parse_blanks(std::string_view words);

inline constexpr std::uint32_t all_steps = ~std::uint32_t{0};
/// A4 portrait in scene units (96 to the inch).
inline constexpr double a4_width = 793.7, a4_height = 1122.52;

struct Options {
    core::Language language = core::Language::english;  ///< of titles; the catalog's should agree
    std::uint32_t first = 1, last = 0;  ///< packet numbers (1-based, inclusive); last 0 = the end
    std::uint32_t step = all_steps;     ///< only packets 1 … step are drawn (others leave no gap)
    bool highlight_last = false;        ///< the newest packet stands out, for pictures of steps
    BlankSet blanks;
    BlankMode blank_mode = BlankMode::none;
    std::string title;        ///< empty: the lesson's title
    double width = a4_width;  ///< of the scene; at least 480
    bool heading = true;      ///< title and summary above the lifelines
    bool numbers = false;     ///< packet numbers at the arrows (exams refer to them)
    bool notes = true;        ///< application lines
    bool states = true;
    bool times = true;
    bool causes = true;
    bool phases = true;
};

/// Where everything goes. Keeps references to `recording`, `rows`, `catalog` and `measure`, which
/// must outlive it and not change (a recording that has grown needs a new Plan). Making one is
/// O(events + packets).
class Plan {
   public:
    /// `rows` are record::dissect(recording): row i for packet i.
    Plan(const record::Recording& recording, const std::vector<record::Row>& rows, Options options,
         const core::Catalog& catalog, const TextMeasure& measure);
    ~Plan();
    Plan(Plan&&) noexcept;
    Plan& operator=(Plan&&) noexcept;

    [[nodiscard]] double width() const;
    [[nodiscard]] double height() const;
    /// The lowest y of title and lifeline heads; all packets lie below it.
    [[nodiscard]] double head_bottom() const;
    /// Packets drawn: 0-based ids [first, end).
    [[nodiscard]] std::uint32_t first_packet() const;
    [[nodiscard]] std::uint32_t end_packet() const;
    /// The band of y of one packet (empty for one that is not drawn).
    [[nodiscard]] Scene::Band band(std::uint32_t packet) const;
    /// x of each host's lifeline, by HostId; below 0 for a host without a lane.
    [[nodiscard]] const std::vector<double>& lanes() const;

    /// Sets title and description, for the file's metadata.
    void describe(Scene& out) const;
    /// Appends title and lifeline heads, moved down by `dy`.
    void draw_heading(Scene& out, double dy = 0) const;
    void draw_lane_heads(Scene& out, double dy = 0) const;
    /// Which packets a part of the picture holds.
    enum class Packets : std::uint8_t {
        touching,  ///< all that reach into it: for a view that scrolls
        starting,  ///< those whose label begins in it: parts put together hold each packet once
    };
    /// Appends everything below the heads that lies in [top, bottom), moved down by `dy`;
    /// lifelines, bars and phases are cut to it.
    void draw(Scene& out, double top, double bottom, double dy = 0,
              Packets packets = Packets::touching) const;

    struct Impl;

   private:
    std::unique_ptr<Impl> impl_;
};

/// The whole picture as one scene.
Scene layout(const record::Recording& recording, const std::vector<record::Row>& rows,
             const Options& options, const core::Catalog& catalog, const TextMeasure& measure);

/// The picture cut into pages of at most `page_height`, between packets; each page repeats the
/// lifeline heads and ends with "page 1 / 3".
std::vector<Scene> paginate(const record::Recording& recording,
                            const std::vector<record::Row>& rows, const Options& options,
                            const core::Catalog& catalog, const TextMeasure& measure,
                            double page_height = a4_height);

}  // namespace postack::diagram
