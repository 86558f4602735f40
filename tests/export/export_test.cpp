// Files of diagrams: well-formed, complete, by their ending.
#include "viz/export/export.hpp"

#include <filesystem>

#include <doctest/doctest.h>
#include <pugixml.hpp>

#include "sim/core/file.hpp"
#include "tests/diagram/sample_recordings.hpp"
#include "viz/export/font_data.hpp"
#include "viz/export/svg.hpp"
#include "viz/export/text_diagram.hpp"
#include "viz/raster/raster.hpp"

using namespace postack;
using namespace postack::exporting;
using testing::Sample;

namespace {

/// A folder of its own that goes with the test.
struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "postack-export-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

std::string exported(const Sample& sample, const std::filesystem::path& file,
                     const diagram::Options& options = {}, ExportOptions how = {}) {
    how.raster = &raster::raster();
    const auto status = export_diagram(sample.recording, sample.rows, options, file, how);
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message));
    return core::read_file(file.string()).value();
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
        ++n;
    return n;
}

}  // namespace

TEST_CASE("an SVG is well-formed, names itself, carries its fonts and every packet") {
    const Folder folder;
    Sample sample = testing::smtp_session();
    sample.rows[5].application = "a < b & \"c\" \x01\xff";
    const std::string svg = exported(sample, folder.path / "a.svg");
    pugi::xml_document document;
    const auto result = document.load_buffer(svg.data(), svg.size());
    REQUIRE_MESSAGE(result, result.description());
    const auto root = document.child("svg");
    CHECK(root.attribute("viewBox").as_string()[0] == '0');
    CHECK(std::string{root.child("title").text().get()} == "Sending a mail by hand");
    CHECK(std::string{root.child("desc").text().get()}.find("32 packets") != std::string::npos);
    CHECK(std::string{root.child("style").text().get()}.find("data:font/woff2;base64,d09GMg") !=
          std::string::npos);
    CHECK(svg.find("a &lt; b &amp; &quot;c&quot; \uFFFD\uFFFD") != std::string::npos);
    for (int p = 1; p <= 32; ++p) {
        CHECK(svg.find("<g class=\"p" + std::to_string(p) + "\">") != std::string::npos);
    }
    // Two decimals at most.
    CHECK(svg.find("NaN") == std::string::npos);
    CHECK(svg == exported(sample, folder.path / "b.svg"));
}

TEST_CASE("the fonts that pictures carry are small") {
    for (const auto face : {diagram::Face::sans, diagram::Face::sans_bold,
                            diagram::Face::sans_italic, diagram::Face::mono}) {
        CHECK(embedded_font(face).size() > 4000);
        CHECK(embedded_font(face).size() < 28'000);
    }
    CHECK(to_base64("") == "");
    CHECK(to_base64("f") == "Zg==");  // RFC 4648, section 10
    CHECK(to_base64("fo") == "Zm8=");
    CHECK(to_base64("foo") == "Zm9v");
    CHECK(to_base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("a PDF has the pages that the session needs, and is the same each time") {
    const Folder folder;
    const Sample sample = testing::smtp_session();
    const std::string pdf = exported(sample, folder.path / "a.pdf");
    CHECK(pdf.rfind("%PDF-1.", 0) == 0);
    CHECK(pdf.find("/Count 2") != std::string::npos);
    CHECK(pdf == exported(sample, folder.path / "b.pdf"));
    CHECK(pdf.find("CreationDate") == std::string::npos);
}

TEST_CASE("a PNG has two pixels to the unit") {
    const Folder folder;
    const std::string png = exported(testing::udp_session(), folder.path / "a.png");
    REQUIRE(png.size() > 24);
    CHECK(png.substr(1, 3) == "PNG");
    const auto* bytes = core::as_bytes(png).data();
    CHECK(core::load_u32(bytes + 16) == 1588);  // A4 is 793.7 wide
}

TEST_CASE("steps are numbered files, or pages") {
    const Folder folder;
    const Sample sample = testing::udp_session();
    ExportOptions how;
    how.steps = true;
    REQUIRE(export_diagram(sample.recording, sample.rows, {}, folder.path / "s.svg", how).ok());
    for (const char* name : {"s-01.svg", "s-02.svg", "s-03.svg", "s-04.svg"}) {
        CHECK(std::filesystem::exists(folder.path / name));
    }
    CHECK_FALSE(std::filesystem::exists(folder.path / "s-05.svg"));
    const std::string second = core::read_file((folder.path / "s-02.svg").string()).value();
    CHECK(second.find("MAIL FROM") != std::string::npos);
    CHECK(second.find("RCPT TO") == std::string::npos);
    const std::string pdf = exported(sample, folder.path / "s.pdf", {}, how);
    CHECK(pdf.find("/Count 4") != std::string::npos);
}

TEST_CASE("an exercise leaves the answers out of the file, the key has them") {
    const Folder folder;
    const Sample sample = testing::smtp_session();
    diagram::Options options;
    options.blanks = diagram::parse_blanks("seq,ack,flags,len,state,info").value();
    options.blank_mode = diagram::BlankMode::blank;
    const std::string asked = exported(sample, folder.path / "a.svg", options);
    const std::string asked_text = exported(sample, folder.path / "a.txt", options);
    options.blank_mode = diagram::BlankMode::answers;
    const std::string told = exported(sample, folder.path / "k.svg", options);
    for (const char* answer : {">SYN", "HELO", "ESTABLISHED", "queued"}) {
        CHECK(asked.find(answer) == std::string::npos);
        CHECK(asked_text.find(answer) == std::string::npos);
        CHECK(told.find(answer) != std::string::npos);
    }
}

TEST_CASE("the diagram as text") {
    const Folder folder;
    diagram::Options options;
    options.language = core::Language::french;
    const std::string text = exported(testing::lossy_session(), folder.path / "a.txt", options);
    CHECK(count(text, "▶") + count(text, "◀") == 12);  // 15 packets, two lost, one damaged
    CHECK(count(text, "× perdu") == 2);
    CHECK(text.find("[SYN, ACK] Seq=0 Ack=1 Len=0") != std::string::npos);
    CHECK(text.find("(ESTABLISHED)") != std::string::npos);
}

TEST_CASE("errors say what would be right") {
    const Folder folder;
    const Sample sample = testing::udp_session();
    const auto ending = export_diagram(sample.recording, sample.rows, {}, folder.path / "a.gif");
    REQUIRE_FALSE(ending.ok());
    for (const char* known : {".svg", ".pdf", ".png", ".txt"}) {
        CHECK(ending.error().message.find(known) != std::string::npos);
    }
    diagram::Options options;
    options.first = 10;
    options.last = 12;
    const auto range =
        export_diagram(sample.recording, sample.rows, options, folder.path / "a.svg");
    REQUIRE_FALSE(range.ok());
    CHECK(range.error().message.find("1 to 4") != std::string::npos);
    CHECK_FALSE(
        export_diagram(sample.recording, sample.rows, {}, folder.path / "no" / "a.svg").ok());
    CHECK_FALSE(export_diagram({}, {}, {}, folder.path / "a.svg").ok());
    // Without what draws pixels.
    CHECK_FALSE(export_diagram(sample.recording, sample.rows, {}, folder.path / "a.png").ok());
    CHECK_FALSE(std::filesystem::exists(folder.path / "a.png"));
}
