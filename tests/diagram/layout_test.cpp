// The layout, held to coordinates: nothing overlaps, nothing leaves the page, arrows join
// lifelines, and an exercise gives nothing away.
#include "viz/diagram/layout.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

#include "tests/diagram/sample_recordings.hpp"
#include "viz/diagram/words.hpp"

using namespace postack;
using namespace postack::diagram;
using testing::Sample;

namespace {

const core::Catalog& words(core::Language language) {
    static const core::Catalog french = core::Catalog::load(core::Language::french).value();
    static const core::Catalog english = core::Catalog::load(core::Language::english).value();
    return language == core::Language::french ? french : english;
}

const TextMeasure& measure() {
    static const TextMeasure widths = TextMeasure::load().value();
    return widths;
}

Scene draw(const Sample& sample, const Options& options = {}) {
    return layout(sample.recording, sample.rows, options, words(options.language), measure());
}

struct Rectangle {
    double left, top, right, bottom;
    const Label* label;
};

// The room that a level text takes: capitals and descenders of Plex.
Rectangle room_of(const Label& l) {
    const double x = l.anchor == Anchor::start    ? l.at.x
                     : l.anchor == Anchor::middle ? l.at.x - l.width / 2
                                                  : l.at.x - l.width;
    return {x, l.at.y - 0.72 * l.size, x + l.width, l.at.y + 0.2 * l.size, &l};
}

template <typename T>
std::vector<const T*> all(const Scene& scene) {
    std::vector<const T*> found;
    for (const Shape& shape : scene.shapes) {
        if (const T* one = std::get_if<T>(&shape)) found.push_back(one);
    }
    return found;
}

void check_no_overlap(const Scene& scene) {
    std::vector<Rectangle> rooms;
    for (const Label* l : all<Label>(scene)) {
        if (l->angle == 0) rooms.push_back(room_of(*l));
    }
    std::sort(rooms.begin(), rooms.end(),
              [](const Rectangle& a, const Rectangle& b) { return a.top < b.top; });
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        for (std::size_t k = i + 1; k < rooms.size() && rooms[k].top < rooms[i].bottom; ++k) {
            const bool apart =
                rooms[i].right <= rooms[k].left + 0.1 || rooms[k].right <= rooms[i].left + 0.1;
            CHECK_MESSAGE(apart, rooms[i].label->text << " and " << rooms[k].label->text);
        }
    }
}

void check_inside(const Scene& scene) {
    const auto inside = [&](Point p) {
        return p.x >= 0 && p.x <= scene.width && p.y >= 0 && p.y <= scene.height;
    };
    for (const Label* l : all<Label>(scene)) {
        const Rectangle r = room_of(*l);
        if (l->angle == 0) {
            CHECK_MESSAGE((inside({r.left, r.top}) && inside({r.right, r.bottom})), l->text);
        } else {
            CHECK_MESSAGE(inside(l->at), l->text);
        }
    }
    for (const Line* l : all<Line>(scene))
        CHECK((inside(l->from) && inside(l->to)));
    for (const Box* b : all<Box>(scene)) {
        CHECK((inside(b->at) && inside({b->at.x + b->width, b->at.y + b->height})));
    }
}

std::string texts(const Scene& scene) {
    std::string joined;
    for (const Label* l : all<Label>(scene))
        joined += l->text + '\n';
    return joined + scene.title + '\n' + scene.description;
}

Options exercise(BlankMode mode) {
    Options options;
    options.blanks = parse_blanks("seq,ack,flags,len,state,info").value();
    options.blank_mode = mode;
    return options;
}

}  // namespace

TEST_CASE("no two texts overlap and nothing leaves the page") {
    for (const core::Language language : {core::Language::french, core::Language::english}) {
        for (const Sample& sample :
             {testing::smtp_session(), testing::lossy_session(), testing::relay_session(),
              testing::udp_session(), testing::crowd(60)}) {
            for (const BlankMode mode : {BlankMode::none, BlankMode::blank, BlankMode::answers}) {
                Options options = exercise(mode);
                options.language = language;
                options.numbers = mode != BlankMode::none;
                const Scene scene = draw(sample, options);
                CAPTURE(scene.title);
                check_no_overlap(scene);
                check_inside(scene);
            }
        }
    }
}

TEST_CASE("arrows run from lifeline to lifeline, downwards; lost ones end between") {
    const Sample sample = testing::lossy_session();
    const Plan plan(sample.recording, sample.rows, {}, words(core::Language::english), measure());
    Scene scene;
    plan.draw(scene, 0, plan.height());
    const double left = plan.lanes()[0], right = plan.lanes()[1];
    std::set<std::uint32_t> seen;
    for (const Line* l : all<Line>(scene)) {
        // The arrow's shaft is the long line of its packet.
        if (l->packet == no_packet || std::abs(l->to.x - l->from.x) < 100) continue;
        seen.insert(l->packet);
        const record::Row& row = sample.rows[l->packet];
        const double from = row.from_client ? left : right, to = row.from_client ? right : left;
        CHECK(std::abs(l->from.x - from) <= 5);
        CHECK(l->to.y > l->from.y);
        if (row.fate == record::Fate::lost) {
            CHECK(std::abs(l->to.x - to) > 80);
            CHECK(l->role == Role::lost);
        } else if (row.fate == record::Fate::arrived) {
            CHECK(std::abs(l->to.x - to) <= 12);
        }
    }
    CHECK(seen.size() == sample.rows.size());
}

TEST_CASE("order on the page is order in time") {
    const Sample sample = testing::lossy_session();
    const Scene scene = draw(sample);
    for (std::size_t p = 1; p < scene.packets.size(); ++p) {
        CHECK(scene.packets[p].top > scene.packets[p - 1].top);
    }
}

TEST_CASE("the lab's session says what the board would say") {
    const Sample sample = testing::smtp_session();
    Options options;
    options.language = core::Language::french;
    const std::string all_texts = texts(draw(sample, options));
    for (const char* text : {"[SYN, ACK]", "Seq=0 Ack=1 Win=65483 Len=0", "Seq=141 Ack=146 Len=0",
                             "HELO Bonjour je suis un etudiant", "accusé différé", "43,1\u00A0ms",
                             "≈\u00A054,6\u00A0s", "ouverture", "dialogue", "fermeture", "LISTEN",
                             "SYN-RECEIVED", "TIME-WAIT", "192.168.56.131:54473", "54,647"}) {
        CHECK_MESSAGE(all_texts.find(text) != std::string::npos, text);
    }
}

TEST_CASE("an exercise holds no answer, its key holds them all, both in the same places") {
    const Sample sample = testing::smtp_session();
    const Scene blank = draw(sample, exercise(BlankMode::blank));
    const Scene key = draw(sample, exercise(BlankMode::answers));
    const std::string asked = texts(blank), told = texts(key);
    for (const char* answer : {"SYN", "ACK", "FIN", "HELO", "queued", "ESTABLISHED", "TIME-WAIT",
                               "RCPT", "354", "Cher"}) {
        CHECK_MESSAGE(asked.find(answer) == std::string::npos, answer);
        CHECK_MESSAGE(told.find(answer) != std::string::npos, answer);
    }
    for (const Label* l : all<Label>(blank)) {
        CHECK(l->text.find("Seq=1") == std::string::npos);
        CHECK(l->role != Role::answer);
    }
    CHECK(blank.height == key.height);
    for (std::size_t p = 0; p < blank.packets.size(); ++p) {
        CHECK(blank.packets[p].top == key.packets[p].top);
    }
    // Colours tell nothing either: a SYN looks like any packet of its side.
    for (const Line* l : all<Line>(blank))
        CHECK(l->role != Role::control);
}

TEST_CASE("blanks are read, and unknown ones named") {
    CHECK(parse_blanks("seq,ack").value().has(Blank::ack));
    CHECK_FALSE(parse_blanks("seq,ack").value().has(Blank::len));
    const auto wrong = parse_blanks("seq,window");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message.find("window") != std::string::npos);
    CHECK(wrong.error().message.find("flags") != std::string::npos);
    CHECK_FALSE(parse_blanks("").ok());
}

TEST_CASE("a step shows the packets so far, in the places that they keep") {
    const Sample sample = testing::smtp_session();
    const Scene whole = draw(sample);
    Options options;
    options.step = 6;
    const Scene part = draw(sample, options);
    for (std::uint32_t p = 0; p < 6; ++p)
        CHECK(part.packets[p].top == whole.packets[p].top);
    for (const Line* l : all<Line>(part)) {
        CHECK((l->packet == no_packet || l->packet < 6));
    }
    CHECK(texts(part).find("MAIL FROM") == std::string::npos);
    CHECK(texts(part).find("HELO") != std::string::npos);
    CHECK(texts(part).find("CLOSE-WAIT") == std::string::npos);
    options.highlight_last = true;
    const Scene marked = draw(sample, options);
    const auto boxes = all<Box>(marked);
    CHECK(std::count_if(boxes.begin(), boxes.end(), [](const Box* b) {
              return b->fill == Role::select && b->packet == 5;
          }) == 1);
    options.step = 0;
    check_inside(draw(sample, options));
}

TEST_CASE("a range of packets stands alone") {
    const Sample sample = testing::smtp_session();
    Options options;
    options.first = 30;
    options.last = 32;
    const Scene scene = draw(sample, options);
    check_inside(scene);
    check_no_overlap(scene);
    CHECK(texts(scene).find("QUIT") == std::string::npos);
    CHECK(texts(scene).find("[FIN, ACK]") != std::string::npos);
    options.first = 500;
    options.last = 600;
    check_inside(draw(sample, options));
}

TEST_CASE("equal input gives an equal scene") {
    const Scene a = draw(testing::lossy_session()), b = draw(testing::lossy_session());
    CHECK(texts(a) == texts(b));
    CHECK(a.shapes.size() == b.shapes.size());
    CHECK(a.height == b.height);
}

TEST_CASE("pages hold every packet once and repeat the heads") {
    const Sample sample = testing::crowd(300);
    const auto pages =
        paginate(sample.recording, sample.rows, {}, words(core::Language::english), measure());
    REQUIRE(pages.size() > 3);
    std::multiset<std::uint32_t> tips;
    for (const Scene& page : pages) {
        check_inside(page);
        for (const Polygon* p : all<Polygon>(page)) {
            if (p->packet != no_packet && p->points.size() == 3) tips.insert(p->packet);
        }
        CHECK(texts(page).find("10.0.0.2:25") != std::string::npos);
    }
    CHECK(tips.size() == 300);
    CHECK(std::set<std::uint32_t>(tips.begin(), tips.end()).size() == 300);
    CHECK(texts(pages.back())
              .find(fill_in(fill_in("page {a} / {b}", "a", std::to_string(pages.size())), "b",
                            std::to_string(pages.size()))) != std::string::npos);
}

TEST_CASE("a view draws only what shows") {
    const Sample sample = testing::crowd(5000);
    const Plan plan(sample.recording, sample.rows, {}, words(core::Language::english), measure());
    Scene view;
    plan.draw(view, plan.height() / 2, plan.height() / 2 + 800);
    CHECK(view.shapes.size() > 20);
    CHECK(view.shapes.size() < 500);
}

TEST_CASE("hostile text stays one line of the page") {
    Sample sample = testing::smtp_session();
    sample.rows[5].application = "a\r\nb\tc\x01\xff" + std::string(100'000, 'x');
    const Scene scene = draw(sample);
    check_inside(scene);
    check_no_overlap(scene);
    for (const Label* l : all<Label>(scene)) {
        CHECK(std::none_of(l->text.begin(), l->text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    }
}

TEST_CASE("numbers read as the language writes them") {
    using namespace std::chrono_literals;
    CHECK(seconds_text(54647367us, 3, core::Language::french) == "54,647");
    CHECK(seconds_text(54647367us, 6, core::Language::english) == "54.647367");
    CHECK(seconds_text(999999600ns, 3, core::Language::english) == "1.000");
    CHECK(duration_text(43080us, core::Language::french) == "43,1\u00A0ms");
    CHECK(duration_text(46us, core::Language::english) == "46\u00A0µs");
    CHECK(duration_text(999600us, core::Language::english) == "1\u00A0s");
    CHECK(duration_text(0ns, core::Language::english) == "0\u00A0ns");
}

TEST_CASE("both languages have the same words for diagrams") {
    std::set<std::string> french, english;
    for (const auto& [key, text] : words(core::Language::french).entries()) {
        if (key.rfind("diagram.", 0) == 0) french.insert(key);
    }
    for (const auto& [key, text] : words(core::Language::english).entries()) {
        if (key.rfind("diagram.", 0) == 0) english.insert(key);
    }
    CHECK(french == english);
    CHECK(french.size() > 30);
}
