#include "sim/mail/store/maildir_log.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/core/file.hpp"

namespace postack::mail::store {
namespace {

constexpr std::string_view first_line = "postack-mailbox 1";

// Words of a line, parted by one blank each.
class Words {
   public:
    explicit Words(std::string_view line) : rest_(line) {}
    std::string_view word() {
        const std::size_t end = std::min(rest_.find(' '), rest_.size());
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        if (word.empty()) whole_ = false;
        return word;
    }
    template <typename Number>
    Number number() {
        const std::string_view text = word();
        Number value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) whole_ = false;
        return value;
    }
    std::string_view rest() { return std::exchange(rest_, {}); }
    [[nodiscard]] bool whole() const { return whole_ && rest_.empty(); }

   private:
    std::string_view rest_;
    bool whole_ = true;
};

// No flags: "-".
std::string_view or_dash(std::string_view letters) {
    return letters.empty() ? "-" : letters;
}
std::string undashed(std::string_view letters) {
    return letters == "-" ? std::string{} : std::string{letters};
}

// "$A $B" as one word; keywords have no comma there (RFC 9051: a flag is an atom) unless written
// by others, who lose them here.
std::string join(const std::vector<std::string>& keywords) {
    std::string text;
    for (const std::string& keyword : keywords) {
        if (keyword.find_first_of(", \n") != std::string::npos) continue;
        if (!text.empty()) text += ',';
        text += keyword;
    }
    return text.empty() ? "-" : text;
}
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> keywords;
    if (text == "-") return keywords;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        keywords.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return keywords;
}

std::string message_line(const Message& m, std::string_view letters, std::string_view base) {
    return fmt::format("m {} {} {} {} {} {} {} {} {}\n", m.uid, m.modseq, m.size, m.unix_ns,
                       m.utc_offset_minutes, m.saved_unix_ns, or_dash(letters),
                       join(m.flags.keywords), base);
}

std::string expunge_line(Uid uid, ModSeq modseq) {
    return fmt::format("x {} {}\n", uid, modseq);
}

using Known = std::map<Uid, LoggedMessage>;

// False: the line is not whole, and what follows it is not to be trusted.
bool take_line(std::string_view line, MaildirState& state, Known& known) {
    MailboxIndex& index = state.index;
    MailboxSummary& summary = index.summary;
    Words words{line};
    const std::string_view kind = words.word();
    state.clean = false;
    const auto seen = [&](Uid uid, ModSeq modseq) {
        summary.highest_modseq = std::max(summary.highest_modseq, modseq);
        if (uid >= summary.uid_next) summary.uid_next = uid + 1;
    };
    if (kind == "V") {
        summary.uid_validity = words.number<std::uint32_t>();
    } else if (kind == "L") {
        const auto uid_next = words.number<Uid>();
        const auto modseq = words.number<ModSeq>();
        summary.uid_next = std::max(summary.uid_next, uid_next);
        summary.highest_modseq = std::max(summary.highest_modseq, modseq);
    } else if (kind == "R") {
        state.reserved_uid = std::max(state.reserved_uid, words.number<Uid>());
        state.reserved_modseq = std::max(state.reserved_modseq, words.number<ModSeq>());
    } else if (kind == "F") {
        index.forgotten = words.number<ModSeq>();
    } else if (kind == "r") {
        summary.first_recent = words.number<Uid>();
    } else if (kind == "m") {
        LoggedMessage logged;
        Message& m = logged.message;
        m.uid = words.number<Uid>();
        m.modseq = words.number<ModSeq>();
        m.size = words.number<std::uint64_t>();
        m.unix_ns = words.number<std::int64_t>();
        m.utc_offset_minutes = words.number<std::int32_t>();
        m.saved_unix_ns = words.number<std::int64_t>();
        logged.letters = undashed(words.word());
        m.flags.keywords = split(words.word());
        logged.base = std::string{words.rest()};
        if (!words.whole() || logged.base.empty() || m.uid == 0) return false;
        seen(m.uid, m.modseq);
        known[m.uid] = std::move(logged);
        return true;
    } else if (kind == "f") {
        const auto uid = words.number<Uid>();
        const auto modseq = words.number<ModSeq>();
        const std::string letters = undashed(words.word());
        auto keywords = split(words.word());
        if (!words.whole()) return false;
        seen(uid, modseq);
        if (const auto at = known.find(uid); at != known.end()) {
            at->second.message.modseq = modseq;
            at->second.letters = letters;
            at->second.message.flags.keywords = std::move(keywords);
        }
        return true;
    } else if (kind == "x") {
        const auto uid = words.number<Uid>();
        const auto modseq = words.number<ModSeq>();
        if (!words.whole()) return false;
        seen(uid, modseq);
        known.erase(uid);
        index.expunges.push_back({uid, modseq});
        return true;
    } else if (kind == "C") {
        state.clean = true;
    } else {
        return false;
    }
    return words.whole();
}

}  // namespace

core::Result<MaildirState> parse_maildir_log(std::string_view file) {
    MaildirState state;
    Known known;
    if (!file.starts_with(first_line) || file.substr(first_line.size(), 1) != "\n") {
        return core::Error{fmt::format("line 1: expected \"{}\"", first_line)};
    }
    file.remove_prefix(first_line.size() + 1);
    while (!file.empty()) {
        const std::size_t end = file.find('\n');
        // A line that was being written when the machine stopped, or rubbish from then on.
        if (end == std::string_view::npos || !take_line(file.substr(0, end), state, known)) {
            state.clean = false;
            break;
        }
        ++state.lines;
        file.remove_prefix(end + 1);
    }
    if (state.index.summary.uid_validity == 0) {
        return core::Error{"it has no UIDVALIDITY (line \"V number\")"};
    }
    for (auto& [uid, logged] : known)
        state.messages.push_back(std::move(logged));
    return state;
}

core::Status MaildirLog::begin(const std::string& folder, const MailboxIndex& index,
                               const std::vector<std::string>& bases,
                               const std::vector<std::string>& letters) {
    const MailboxSummary& summary = index.summary;
    reserved_uid_ = summary.uid_next +
                    std::min(reserve_ahead, std::numeric_limits<Uid>::max() - summary.uid_next);
    reserved_modseq_ = summary.highest_modseq + reserve_ahead;
    std::string text =
        fmt::format("{}\nV {}\nL {} {}\nR {} {}\nF {}\nr {}\n", first_line, summary.uid_validity,
                    summary.uid_next, summary.highest_modseq, reserved_uid_, reserved_modseq_,
                    index.forgotten, summary.first_recent);
    for (const MailboxIndex::Expunge& expunge : index.expunges)
        text += expunge_line(expunge.uid, expunge.modseq);
    for (std::size_t i = 0; i < index.messages.size(); ++i)
        text += message_line(index.messages[i], letters[i], bases[i]);
    file_.close();
    path_ = folder + '/' + std::string{file_name};
    if (auto written = core::write_file_atomically(path_, text); !written) return written;
    if (auto synced = disk::synchronize_folder(folder); !synced) return synced;
    file_ = disk::File{::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
    lines_ = index.messages.size() + index.expunges.size();
    return file_.is_open() ? core::success() : core::Status{disk::error(path_)};
}

core::Status MaildirLog::go_on(const std::string& folder, const MaildirState& state) {
    path_ = folder + '/' + std::string{file_name};
    reserved_uid_ = state.reserved_uid;
    reserved_modseq_ = state.reserved_modseq;
    lines_ = state.lines;
    file_ = disk::File{::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
    return file_.is_open() ? core::success() : core::Status{disk::error(path_)};
}

core::Status MaildirLog::reserve(const MailboxSummary& summary, std::uint32_t uids,
                                 std::uint64_t changes) {
    if (uids > std::numeric_limits<Uid>::max() - summary.uid_next) {
        return core::Error{"the mailbox has no uid left"};
    }
    const Uid uid = summary.uid_next + uids;
    const ModSeq modseq = summary.highest_modseq + changes;
    if (uid <= reserved_uid_ && modseq <= reserved_modseq_) return core::success();
    reserved_uid_ = std::max(reserved_uid_, uid + std::min(reserve_ahead, ~Uid{0} - uid));
    reserved_modseq_ = std::max(reserved_modseq_, modseq + reserve_ahead);
    if (auto done = disk::write_all(
            file_, fmt::format("R {} {}\n", reserved_uid_, reserved_modseq_), path_);
        !done) {
        return done;
    }
    return disk::synchronize(file_, path_);
}

void MaildirLog::added(const Message& message, std::string_view letters, std::string_view base) {
    write(message_line(message, letters, base));
}

void MaildirLog::flagged(const Message& message, std::string_view letters) {
    write(fmt::format("f {} {} {} {}\n", message.uid, message.modseq, or_dash(letters),
                      join(message.flags.keywords)));
}

void MaildirLog::expunged(Uid uid, ModSeq modseq) {
    write(expunge_line(uid, modseq));
}

void MaildirLog::recent(Uid first) {
    write(fmt::format("r {}\n", first));
}

void MaildirLog::end() {
    if (!file_.is_open()) return;
    write("C\n");
    file_.close();
}

// A line that is lost (disk full) is made up for like one lost in a crash: the files tell.
void MaildirLog::write(const std::string& line) {
    (void)disk::write_all(file_, line, path_);
    ++lines_;
}

}  // namespace postack::mail::store
