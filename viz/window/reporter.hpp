// What the window shows, told to a test: one JSON object a line, whenever something changed.
//
//   {"step":12,"steps":32,"time":63.719,"selection":{"packet":12,"bytes":[54,4]},"chapter":3,
//    "playing":false,"speed":1.0,"language":"fr","dark":false,"tab":"variables","filter":"",
//    "help":false,"go_to":false,"zoom":0.0,"size":[1280,800],"scale":1.0,
//    "panels":{"packet_list":[x,y,width,height], …},"controls":{"button.play":[…], …}}
//
// Rectangles are in pixels from the window's top left corner. `packet` and `chapter` count from 1;
// null when there is none.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/result.hpp"
#include "viz/window/frame.hpp"

namespace postack::window {

class Reporter {
   public:
    /// Opens the file (made anew) or pipe (waits for its reader). Error: it cannot be written.
    static core::Result<Reporter> open(const std::filesystem::path& file);

    /// Writes a line if it differs from the last one. A reader that went away ends the reports,
    /// not the window.
    void report(Model& model, const ViewState& state, const std::vector<Seen>& seen, float width,
                float height, float scale);
    /// The same for the chooser: {"chooser":true, …}.
    void report_chooser(std::size_t choices, const std::vector<Seen>& seen,
                        core::Language language);

   private:
    void write(std::string line);

    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    std::string last_;
};

}  // namespace postack::window
