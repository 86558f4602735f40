// The file "postack-mailbox" in a Maildir: what file names cannot tell (uids, UIDVALIDITY, modseqs,
// what was expunged). A snapshot, then a line a change; the names of the files stay the truth about
// which messages there are and what flags they have.
//
// Lines are not synchronized one by one. What must never go back is reserved ahead: "R uid modseq"
// is on the disk before a uid or modseq as great as that is told to anyone. After an end that was
// not clean (the last line is not "C") both go on from what was reserved, and every message counts
// as changed: clients look again, and none of them sees a number used twice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/store/disk.hpp"
#include "sim/mail/store/mailbox_index.hpp"

namespace postack::mail::store {

/// A message as the log knows it.
struct LoggedMessage {
    Message message;
    std::string letters;  ///< of its file's name, when last seen
    std::string base;     ///< of its file's name
};

struct MaildirState {
    MailboxIndex index;  ///< without the messages
    std::vector<LoggedMessage> messages;
    Uid reserved_uid = 1;
    ModSeq reserved_modseq = 1;
    bool clean = false;
    std::size_t lines = 0;
};

/// Reads what is whole of a log. Error: it is none, or of a version that is not known.
core::Result<MaildirState> parse_maildir_log(std::string_view file);

class MaildirLog {
   public:
    /// Uids and modseqs reserved at a time: our choice.
    static constexpr std::uint32_t reserve_ahead = 1000;

    /// Writes a snapshot to FOLDER/postack-mailbox in place of what is there, and goes on behind
    /// it. `bases` and `letters` run beside index.messages.
    core::Status begin(const std::string& folder, const MailboxIndex& index,
                       const std::vector<std::string>& bases,
                       const std::vector<std::string>& letters);
    /// Goes on behind what is there; `state` was read from it.
    core::Status go_on(const std::string& folder, const MaildirState& state);
    [[nodiscard]] bool is_open() const { return file_.is_open(); }

    /// Before `uids` more uids and `changes` more modseqs are given.
    core::Status reserve(const MailboxSummary& summary, std::uint32_t uids, std::uint64_t changes);
    void added(const Message& message, std::string_view letters, std::string_view base);
    void flagged(const Message& message, std::string_view letters);
    void expunged(Uid uid, ModSeq modseq);
    void recent(Uid first);
    /// The end is clean.
    void end();

    /// True if so much was written that a snapshot would be shorter.
    [[nodiscard]] bool is_long(std::size_t messages) const { return lines_ > 4 * messages + 10000; }

    static constexpr std::string_view file_name = "postack-mailbox";

   private:
    void write(const std::string& line);

    disk::File file_;
    std::string path_;
    Uid reserved_uid_ = 1;
    ModSeq reserved_modseq_ = 1;
    std::size_t lines_ = 0;
};

}  // namespace postack::mail::store
