// What became of a mail. A dialogue is held against the same one without loss over TCP:
//
//   intact     the mailboxes are what they were to become; and where mail is read (POP3, IMAP),
//              every answer came, whole and in order
//   never      nothing arrived: no mailbox changed though it should have, no line of a mail was
//              shown though it should have been
//   damaged    anything between: a mail with a hole in it, one that came twice, half a reading
//
// What rightly differs between two runs does not count: when a server says that it took the mail
// and under which queue number (the first Received field and the date of mbox's From_ line), and
// the digits in a server's own words (UIDVALIDITY is a time; a number is never lost without its
// line).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/result.hpp"
#include "sim/core/time.hpp"
#include "sim/record/recording.hpp"
#include "sim/scenario/scenario.hpp"

namespace postack::compare {

enum class Outcome : std::uint8_t { intact, damaged, never };
std::string_view name(Outcome outcome);

/// What a recording holds of the mails.
struct Evidence {
    /// A host's mailbox files at the end, without what differs rightly.
    using Mailboxes = std::map<std::pair<record::HostId, std::string>, std::string>;
    Mailboxes before, after;                      ///< the first packet; the end
    std::map<record::HostId, std::string> shown;  ///< what the typists' terminals got
    core::Instant last_stored = core::never, last_shown = core::never;
};
Evidence evidence(const scenario::Scenario& scenario, const record::Recording& recording);

class Yardstick {
   public:
    /// From the dialogue without loss. Error: no mail is delivered or read in it.
    static core::Result<Yardstick> make(const scenario::Scenario& scenario,
                                        const record::Recording& without_loss);

    [[nodiscard]] Outcome judge(const Evidence& found) const;
    /// When the mail was there (the last change of a mailbox; of a reading, the last answer).
    [[nodiscard]] core::Instant arrival(const Evidence& found) const {
        return reads_ ? found.last_shown : found.last_stored;
    }

   private:
    [[nodiscard]] std::map<record::HostId, std::string> comparable(const Evidence& found) const;
    [[nodiscard]] bool shows_mail(const Evidence& found) const;

    bool reads_ = false;                             // somebody speaks POP3 or IMAP
    std::set<std::string, std::less<>> mail_lines_;  // of the mails that lay there at the beginning
    Evidence wanted_;
    std::map<record::HostId, std::string> wanted_answers_;
};

}  // namespace postack::compare
