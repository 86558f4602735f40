// A recording as a pcapng file for Wireshark (draft-ietf-opsawg-pcapng): the frames with their
// virtual times to the nanosecond, and with each frame the reason it was sent for and what became
// of it, as a comment. The file says nothing of the machine that wrote it.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "sim/core/language.hpp"
#include "sim/core/result.hpp"
#include "sim/record/recording.hpp"

namespace postack::record {

/// Longest comment of a packet, in bytes; what is longer ends there, at a whole character. The
/// format's length field would take 65535.
inline constexpr std::size_t longest_comment = 4096;

struct PcapngOptions {
    /// The comment of a packet; empty text or no function: none.
    std::function<std::string(const Recording&, PacketId)> comment;
    std::string application = "Postack";  ///< shb_userappl
    /// Packets that the link lost stand in the file like the others: they were sent. False leaves
    /// them out, and the file shows what arrived.
    bool include_lost = true;
};

/// The comment in the language of a catalog: the sentence "cause.<name>" with its rule in brackets,
/// then the verdict of the link or, for a packet that did not simply arrive, the sentence
/// "text.fate_<name>". Sentences that the catalog does not have are left out. `catalog` must
/// outlive the function.
std::function<std::string(const Recording&, PacketId)> comments_from(const core::Catalog& catalog);

/// Writes the file. Error: the stream no longer takes bytes.
core::Status write_pcapng(const Recording& recording, const PcapngOptions& options,
                          std::ostream& out);

/// The same as a value.
std::string to_pcapng(const Recording& recording, const PcapngOptions& options = {});

}  // namespace postack::record
