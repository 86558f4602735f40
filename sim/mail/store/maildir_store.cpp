#include "sim/mail/store/maildir_store.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/core/file.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/store/maildir_name.hpp"
#include "sim/mail/store/mbox.hpp"
#include "sim/mail/store/missing.hpp"
#include "sim/mail/store/uid_validity.hpp"

namespace postack::mail::store {
namespace {

constexpr std::int64_t second = 1'000'000'000;

// As the format asks: a name of the host that no path and no field of the name is confused by.
std::string host_name() {
    std::array<char, 256> buffer{};
    if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return "localhost";
    std::string name;
    for (const char* c = buffer.data(); *c != 0 && name.size() < 64; ++c) {
        const bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                           (*c >= 'A' && *c <= 'Z') || *c == '-' || *c == '.';
        name += plain ? *c : '-';
    }
    return name.empty() ? "localhost" : name;
}

timespec timespec_of(std::int64_t unix_ns) {
    std::int64_t seconds = unix_ns / second;
    std::int64_t rest = unix_ns % second;
    if (rest < 0) {
        rest += second;
        --seconds;
    }
    return {static_cast<time_t>(seconds), static_cast<long>(rest)};
}

std::int64_t ns_of(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * second + time.tv_nsec;
}

core::Status make_maildir(const std::string& folder) {
    for (const char* part : {"", "/tmp", "/new", "/cur"}) {
        if (auto made = disk::make_folder(folder + part); !made) return made;
    }
    return disk::synchronize_folder(folder);
}

// What an interrupted delivery left: the format has it removed after 36 hours without access.
void sweep(const std::string& tmp, std::int64_t now_unix_ns) {
    constexpr std::int64_t patience = 36 * 3600 * second;
    for (const std::string& name : disk::names_in(tmp)) {
        const std::string path = fmt::format("{}/{}", tmp, name);
        struct stat facts {};
        if (::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
            ns_of(facts.st_mtim) < now_unix_ns - patience) {
            ::unlink(path.c_str());
        }
    }
}

std::string read_if_there(const std::string& path) {
    auto text = core::read_file(path);
    return text ? std::move(*text) : std::string{};
}

struct DovecotUids {
    std::uint32_t uid_validity = 0;
    Uid uid_next = 1;
    std::map<std::string, Uid, std::less<>> uids;  // by base
};

// "3 V1698000000 N12 G…", then "7 W123 :BASE" a line (Dovecot: maildir-uidlist.c, version 3).
std::optional<DovecotUids> parse_dovecot_uidlist(std::string_view file) {
    const auto number = [](std::string_view text) {
        std::uint32_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    const auto next_line = [&file] {
        const std::size_t end = std::min(file.find('\n'), file.size());
        const std::string_view line = file.substr(0, end);
        file.remove_prefix(std::min(end + 1, file.size()));
        return line;
    };
    const std::string_view head = next_line();
    const std::size_t validity = head.find(" V");
    const std::size_t next = head.find(" N");
    if (!head.starts_with("3 ") || validity == std::string_view::npos ||
        next == std::string_view::npos) {
        return std::nullopt;
    }
    DovecotUids result;
    result.uid_validity = number(head.substr(validity + 2));
    result.uid_next = std::max<Uid>(1, number(head.substr(next + 2)));
    while (!file.empty()) {
        const std::string_view line = next_line();
        const std::size_t colon = line.find(" :");
        const Uid uid = number(line);
        if (colon == std::string_view::npos || uid == 0 || uid >= result.uid_next) continue;
        result.uids[std::string{maildir::base_of(line.substr(colon + 2))}] = uid;
    }
    if (result.uid_validity == 0) return std::nullopt;
    return result;
}

}  // namespace

MaildirStore::MaildirStore(std::string root, std::int32_t utc_offset_minutes, MaildirLimits limits)
    : root_(std::move(root)),
      utc_offset_minutes_(utc_offset_minutes),
      limits_(limits),
      host_(host_name()) {}

MaildirStore::~MaildirStore() {
    for (auto& [name, box] : boxes_)
        box->log.end();
}

core::Status MaildirStore::open() {
    return disk::take_mailboxes(root_, root_lock_);
}

// ---- where things are ----------------------------------------------------------------------

core::Result<MaildirStore::Place> MaildirStore::place_of(std::string_view mailbox) const {
    const std::size_t slash = mailbox.find('/');
    const std::string_view account = mailbox.substr(0, slash);
    if (account.empty() || account.front() == '.' || account.find('\0') != std::string_view::npos) {
        return core::Error{fmt::format("'{}' is no name of a mailbox", mailbox)};
    }
    Place place;
    place.account_folder = root_ + '/' + std::string{account};
    place.folder = place.account_folder;
    if (slash != std::string_view::npos) {
        const auto name = maildir::folder_name(mailbox.substr(slash + 1));
        if (!name) return name.error();
        place.folder += '/' + *name;
    }
    return place;
}

std::string MaildirStore::path_of(const Box& box, std::size_t index) {
    const std::string& letters = box.letters[index];
    if (box.in_new[index] && letters.empty()) return box.folder + "/new/" + box.bases[index];
    return fmt::format("{}/{}/{}:2,{}", box.folder, box.in_new[index] ? "new" : "cur",
                       box.bases[index], letters);
}

// ---- opening a mailbox ---------------------------------------------------------------------

// nullptr if it is not there, or cannot be opened (take_problems tells).
MaildirStore::Box* MaildirStore::opened(std::string_view mailbox) const {
    const auto found = boxes_.find(mailbox);
    if (found != boxes_.end()) return found->second.get();
    const auto place = place_of(mailbox);
    if (!place || !disk::is_folder(place->folder + "/cur")) return nullptr;
    auto loaded = load(mailbox);
    if (loaded) return *loaded;
    problems_.add(loaded.error());
    return nullptr;
}

core::Result<MaildirStore::Box*> MaildirStore::load(std::string_view mailbox) const {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    auto made = std::make_unique<Box>();
    Box& box = *made;
    box.folder = place->folder;
    if (auto whole = make_maildir(box.folder); !whole) return whole.error();
    box.keywords = maildir::parse_keywords(read_if_there(box.folder + "/dovecot-keywords"));
    const std::string log_path = box.folder + '/' + std::string{MaildirLog::file_name};
    struct stat facts {};
    if (::stat(log_path.c_str(), &facts) != 0 && errno == ENOENT) {
        if (auto taken = take_over(box, *place); !taken) return taken.error();
    } else {
        const auto text = core::read_file(log_path);
        if (!text) return text.error();
        auto state = parse_maildir_log(*text);
        if (!state) return core::Error{log_path + ": " + state.error().message};
        box.index = std::move(state->index);
        MailboxSummary& summary = box.index.summary;
        if (!state->clean) {
            // See maildir_log.hpp: numbers that may have been told are not used again.
            summary.uid_next = std::max(summary.uid_next, state->reserved_uid);
            summary.highest_modseq = std::max(summary.highest_modseq, state->reserved_modseq);
            box.index.forgotten = summary.highest_modseq;
            box.index.expunges.clear();
        }
        for (LoggedMessage& logged : state->messages) {
            Message& message = logged.message;
            const std::vector<std::string> keywords = std::move(message.flags.keywords);
            message.flags = maildir::flags_of(logged.letters, box.keywords);
            for (const std::string& keyword : keywords) {
                auto& there = message.flags.keywords;
                if (std::find(there.begin(), there.end(), keyword) == there.end()) {
                    there.push_back(keyword);
                }
            }
            if (!state->clean) message.modseq = summary.highest_modseq;
            summary.octets += message.size;
            box.index.messages.push_back(std::move(message));
            box.known.insert(logged.base);
            box.bases.push_back(std::move(logged.base));
            box.letters.push_back(std::move(logged.letters));
            box.in_new.push_back(false);  // look() finds out
        }
        summary.messages = box.index.messages.size();
        const bool rewrite = !state->clean || state->lines > 2 * box.bases.size() + 1000;
        const auto begun = rewrite ? box.log.begin(box.folder, box.index, box.bases, box.letters)
                                   : box.log.go_on(box.folder, *state);
        if (!begun) return begun.error();
    }
    look(box);
    Box* result = made.get();
    boxes_.emplace(std::string{mailbox}, std::move(made));
    return result;
}

// A Maildir that we see for the first time: of Dovecot, of mutt, or new.
core::Status MaildirStore::take_over(Box& box, const Place& place) const {
    const auto theirs = parse_dovecot_uidlist(read_if_there(box.folder + "/dovecot-uidlist"));
    if (theirs) {
        box.index.summary.uid_validity = theirs->uid_validity;
        const auto add = [&](const char* part, bool in_new) {
            for (const std::string& name : disk::names_in(box.folder + part)) {
                const std::string base{maildir::base_of(name)};
                const auto uid = theirs->uids.find(base);
                if (uid == theirs->uids.end() || box.known.count(base) != 0) continue;
                // add() gives the next uid; here it is known.
                box.index.summary.uid_next = uid->second;
                add_file(box, base, {std::string{maildir::letters_of(name)}, in_new});
            }
        };
        add("/cur", false);
        add("/new", true);
        // In order of uid.
        std::vector<std::size_t> order(box.bases.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return box.index.messages[a].uid < box.index.messages[b].uid;
        });
        Box sorted;
        for (const std::size_t i : order) {
            sorted.index.messages.push_back(std::move(box.index.messages[i]));
            sorted.bases.push_back(std::move(box.bases[i]));
            sorted.letters.push_back(std::move(box.letters[i]));
            sorted.in_new.push_back(box.in_new[i]);
        }
        box.index.messages = std::move(sorted.index.messages);
        box.bases = std::move(sorted.bases);
        box.letters = std::move(sorted.letters);
        box.in_new = std::move(sorted.in_new);
        box.index.summary.uid_next = theirs->uid_next;
    } else {
        struct stat facts {};
        ::stat(box.folder.c_str(), &facts);
        const auto validity = fresh_uid_validity(place.account_folder, ns_of(facts.st_mtim), 0);
        if (!validity) return validity.error();
        box.index.summary.uid_validity = *validity;
    }
    return box.log.begin(box.folder, box.index, box.bases, box.letters);
}

// ---- what others do ------------------------------------------------------------------------

void MaildirStore::seen_now(Box& box) {
    box.new_seen = disk::changed_at(box.folder + "/new");
    box.cur_seen = disk::changed_at(box.folder + "/cur");
    // A file system dates by ticks: what happens within the same one is not to be seen by the date.
    box.look_again = true;
}

void MaildirStore::refresh(std::int64_t now_unix_ns) {
    std::vector<std::string> gone;
    for (auto& [name, opened_box] : boxes_) {
        Box& box = *opened_box;
        const timespec in_new = disk::changed_at(box.folder + "/new");
        const timespec in_cur = disk::changed_at(box.folder + "/cur");
        if (in_cur.tv_sec == 0 && !disk::is_folder(box.folder + "/cur")) {
            gone.push_back(name);
            continue;
        }
        const std::int64_t last = std::max(ns_of(in_new), ns_of(in_cur));
        const bool same =
            disk::same_time(in_new, box.new_seen) && disk::same_time(in_cur, box.cur_seen);
        const bool settled = now_unix_ns - last > second;
        if (same && !(box.look_again && settled)) continue;
        if (look(box)) ++changes_;
        box.look_again = !settled;
    }
    for (const std::string& name : gone) {
        forget(name);
        ++changes_;
    }
}

// Compares the folder with what we know of it, and learns. True: something was news.
bool MaildirStore::look(Box& box) const {
    seen_now(box);
    std::unordered_map<std::string, Found> found;
    const auto list = [&](const char* part, bool in_new) {
        for (const std::string& name : disk::names_in(box.folder + part)) {
            if (name.front() == '.' || name.find_first_of("\r\n") != std::string::npos) continue;
            found.insert_or_assign(std::string{maildir::base_of(name)},
                                   Found{std::string{maildir::letters_of(name)}, in_new});
        }
    };
    // A message goes from new to cur, so it is seen in one of them at least.
    list("/new", true);
    list("/cur", false);
    const auto missing = [&] {
        return std::any_of(box.bases.begin(), box.bases.end(),
                           [&](const std::string& base) { return found.count(base) == 0; });
    };
    // A file that is renamed while the folder is read may be passed over: only what is not there
    // twice is gone.
    if (missing()) {
        list("/new", true);
        list("/cur", false);
    }
    bool news = false;
    std::vector<Uid> gone;
    for (std::size_t i = 0; i < box.bases.size(); ++i) {
        const auto at = found.find(box.bases[i]);
        if (at == found.end()) {
            gone.push_back(box.index.messages[i].uid);
            continue;
        }
        box.in_new[i] = at->second.in_new;
        if (at->second.letters != box.letters[i]) {
            const bool unknown =
                std::any_of(at->second.letters.begin(), at->second.letters.end(), [&](char letter) {
                    return letter >= 'a' && letter <= 'z' &&
                           static_cast<std::size_t>(letter - 'a') >= box.keywords.size();
                });
            if (unknown) {
                box.keywords =
                    maildir::parse_keywords(read_if_there(box.folder + "/dovecot-keywords"));
            }
            box.letters[i] = at->second.letters;
            if (!box.log.reserve(box.index.summary, 0, 1)) continue;
            if (box.index.set_flags(i, maildir::flags_of(box.letters[i], box.keywords))) {
                box.log.flagged(box.index.messages[i], box.letters[i]);
                news = true;
            }
        }
    }
    if (!gone.empty() && box.log.reserve(box.index.summary, 0, gone.size())) {
        const std::size_t before = box.index.expunges.size();
        const auto indices = box.index.remove(gone, limits_.remembered_expunges);
        for (std::size_t i = before; i < box.index.expunges.size(); ++i)
            box.log.expunged(box.index.expunges[i].uid, box.index.expunges[i].modseq);
        for (const std::size_t i : indices)
            box.known.erase(box.bases[i]);
        remove_at(box.bases, indices);
        remove_at(box.letters, indices);
        std::vector<bool> in_new;
        for (std::size_t i = 0, next = 0; i < box.in_new.size(); ++i) {
            if (next < indices.size() && indices[next] == i) {
                ++next;
            } else {
                in_new.push_back(box.in_new[i]);
            }
        }
        box.in_new = std::move(in_new);
        news = true;
    }
    std::vector<std::string> fresh;
    for (const auto& [base, facts] : found) {
        if (box.known.count(base) == 0) fresh.push_back(base);
    }
    if (!fresh.empty()) {
        std::sort(fresh.begin(), fresh.end(), maildir::delivered_before);
        if (box.log.reserve(box.index.summary, static_cast<std::uint32_t>(fresh.size()),
                            fresh.size())) {
            for (const std::string& base : fresh) {
                add_file(box, base, found[base]);
                if (!box.bases.empty() && box.bases.back() == base) {
                    box.log.added(box.index.messages.back(), box.letters.back(), base);
                }
            }
            news = true;
        }
    }
    if (news) shorten_log(box);
    return news;
}

// A message that another program put there.
void MaildirStore::add_file(Box& box, const std::string& base, const Found& found) const {
    const std::string path =
        fmt::format("{}/{}/{}{}{}", box.folder, found.in_new ? "new" : "cur", base,
                    found.in_new && found.letters.empty() ? "" : ":2,", found.letters);
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return;
    Message message;
    if (const auto size = maildir::wire_size_of(base)) {
        message.size = *size;
    } else {
        const auto text = core::read_file(path, limits_.message_size);
        if (!text) {
            problems_.add(text.error());
            return;
        }
        message.size = message::canonical_lines(*text).size();
    }
    message.unix_ns = ns_of(facts.st_mtim);
    message.utc_offset_minutes = utc_offset_minutes_;
    message.saved_unix_ns = ns_of(facts.st_ctim);
    message.flags = maildir::flags_of(found.letters, box.keywords);
    box.index.add(std::move(message));
    box.bases.push_back(base);
    box.letters.push_back(found.letters);
    box.in_new.push_back(found.in_new);
    box.known.insert(base);
}

void MaildirStore::shorten_log(Box& box) const {
    if (!box.log.is_long(box.bases.size())) return;
    if (auto begun = box.log.begin(box.folder, box.index, box.bases, box.letters); !begun) {
        problems_.add(begun.error());
    }
}

// ---- reading -------------------------------------------------------------------------------

bool MaildirStore::exists(std::string_view mailbox) const {
    if (boxes_.find(mailbox) != boxes_.end()) return true;
    const auto place = place_of(mailbox);
    return place && disk::is_folder(place->folder + "/cur");
}

std::vector<std::string> MaildirStore::mailboxes(std::string_view prefix) const {
    std::vector<std::string> accounts;
    const std::size_t slash = prefix.find('/');
    if (slash == std::string_view::npos) {
        for (std::string& name : disk::names_in(root_)) {
            if (name.front() != '.' && name.starts_with(prefix))
                accounts.push_back(std::move(name));
        }
    } else {
        accounts.emplace_back(prefix.substr(0, slash));
    }
    std::vector<std::string> result;
    for (const std::string& account : accounts) {
        const std::string folder = root_ + '/' + account;
        if (account.starts_with(prefix) && disk::is_folder(folder + "/cur")) {
            result.push_back(account);
        }
        std::size_t count = 0;
        for (const std::string& name : disk::names_in(folder)) {
            const auto path = maildir::folder_path(name);
            if (!path || !disk::is_folder(fmt::format("{}/{}/cur", folder, name))) continue;
            if (++count > limits_.folders) break;
            std::string mailbox = account + '/' + *path;
            if (mailbox.starts_with(prefix)) result.push_back(std::move(mailbox));
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

MailboxSummary MaildirStore::summary(std::string_view mailbox) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return {};
    MailboxSummary summary = box->index.summary;
    summary.file_size = summary.octets;  // what is counted against the limit
    return summary;
}

std::span<const Message> MaildirStore::messages(std::string_view mailbox) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return {};
    return box->index.messages;
}

core::Result<std::string> MaildirStore::read_message(const Box& box, std::size_t index) const {
    const std::string path = path_of(box, index);
    auto text = core::read_file(path, limits_.message_size);
    if (text) return text;
    // Another program may have renamed it since we looked.
    for (const char* part : {"/cur/", "/new/"}) {
        for (const std::string& name : disk::names_in(box.folder + part)) {
            if (maildir::base_of(name) == box.bases[index]) {
                return core::read_file(box.folder + part + name, limits_.message_size);
            }
        }
    }
    return text;
}

core::Result<Text> MaildirStore::text(std::string_view mailbox, Uid uid) const {
    for (const CachedText& cached : texts_) {
        if (cached.uid == uid && cached.mailbox == mailbox) return cached.text;
    }
    const Box* box = opened(mailbox);
    if (box == nullptr) return no_mailbox(mailbox);
    const auto index = box->index.find(uid);
    if (!index) return no_message(mailbox, uid);
    const auto file = read_message(*box, *index);
    if (!file) return file.error();
    auto result = std::make_shared<const std::string>(message::canonical_lines(*file));
    remember(mailbox, uid, result);
    return Text{std::move(result)};
}

void MaildirStore::remember(std::string_view mailbox, Uid uid, const Text& text) const {
    if (text->size() > limits_.cached_text_size) return;
    if (texts_.size() >= limits_.cached_texts) texts_.pop_back();
    texts_.push_front({std::string{mailbox}, uid, text});
}

std::vector<UidRange> MaildirStore::vanished(std::string_view mailbox, ModSeq since) const {
    const Box* box = opened(mailbox);
    return box == nullptr ? std::vector<UidRange>{} : box->index.vanished(since);
}

std::string MaildirStore::contents(std::string_view mailbox) const {
    std::string file;
    const Box* box = opened(mailbox);
    if (box == nullptr) return file;
    for (const Message& message : box->index.messages) {
        const auto body = text(mailbox, message.uid);
        if (!body) continue;
        StoredMessage stored;
        stored.unix_ns = message.unix_ns;
        stored.utc_offset_minutes = message.utc_offset_minutes;
        stored.text = **body;
        file += print_mbox(stored);
    }
    return file;
}

// ---- delivery ------------------------------------------------------------------------------

core::Result<MaildirStore::Box*> MaildirStore::find_or_create(std::string_view mailbox,
                                                              std::int64_t unix_ns) {
    if (!exists(mailbox)) {
        if (auto made = create(mailbox, unix_ns); !made) return made.error();
    }
    const auto found = boxes_.find(mailbox);
    if (found != boxes_.end()) return found->second.get();
    return load(mailbox);
}

// "SECONDS.MmicrosecondsPpidQcount.host,S=bytes,W=octets": unique, as the format asks for.
std::string MaildirStore::fresh_base(const Box& box, std::int64_t unix_ns, std::size_t bytes,
                                     std::size_t octets) {
    const std::int64_t time = std::max<std::int64_t>(unix_ns, 0);
    while (true) {
        std::string base =
            fmt::format("{}.M{:06}P{}Q{:08}.{},S={},W={}", time / second, time % second / 1000,
                        ::getpid(), ++names_made_, host_, bytes, octets);
        if (box.known.count(base) == 0) return base;
    }
}

core::Result<Appended> MaildirStore::append(std::string_view mailbox, StoredMessage stored) {
    const std::int64_t saved = stored.saved_unix_ns == 0 ? stored.unix_ns : stored.saved_unix_ns;
    const auto found = find_or_create(mailbox, saved);
    if (!found) return found.error();
    Box& box = **found;
    const std::string file = message::with_lf(stored.text);
    Message message;
    message.size = message::canonical_lines(file).size();
    message.unix_ns = stored.unix_ns;
    message.utc_offset_minutes = stored.utc_offset_minutes;
    message.saved_unix_ns = saved;
    message.flags = std::move(stored.flags);
    const std::string base = fresh_base(box, saved, file.size(), message.size);
    const std::string path = box.folder + "/tmp/" + base;
    disk::File out{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!out.is_open()) return disk::error(path);
    auto done = disk::write_all(out, file, path);
    if (done) {
        // INTERNALDATE is the file's date (Dovecot and mutt read it there).
        const std::array<timespec, 2> times{timespec_of(stored.unix_ns),
                                            timespec_of(stored.unix_ns)};
        ::futimens(out.get(), times.data());
        done = disk::synchronize(out, path);
    }
    out.close();
    if (done) done = put(box, path, base, std::move(message));
    if (!done) {
        ::unlink(path.c_str());
        return done.error();
    }
    Appended appended;
    appended.uid = box.index.messages.back().uid;
    appended.size_after = box.index.summary.octets;
    return appended;
}

core::Result<Uid> MaildirStore::copy(std::string_view from, Uid uid, std::string_view to,
                                     std::int64_t saved_unix_ns) {
    const Box* source = opened(from);
    if (source == nullptr) return no_mailbox(from);
    Box* target = opened(to);
    if (target == nullptr) return no_mailbox(to);
    const auto index = source->index.find(uid);
    if (!index) return no_message(from, uid);
    Message message = source->index.messages[*index];
    message.saved_unix_ns = saved_unix_ns;
    const std::string old = path_of(*source, *index);
    struct stat facts {};
    if (::stat(old.c_str(), &facts) != 0) return disk::error(old);
    const std::string base =
        fresh_base(*target, saved_unix_ns, static_cast<std::size_t>(facts.st_size), message.size);
    const std::string path = target->folder + "/tmp/" + base;
    // The same bytes under a second name: they are on the disk already.
    if (::link(old.c_str(), path.c_str()) != 0) return disk::error(path);
    if (auto done = put(*target, path, base, std::move(message)); !done) {
        ::unlink(path.c_str());
        return done.error();
    }
    return target->index.messages.back().uid;
}

// From tmp to where it stays; then it is counted.
core::Status MaildirStore::put(Box& box, const std::string& from_tmp, const std::string& base,
                               Message message) {
    const MailboxSummary& summary = box.index.summary;
    if (message.size > limits_.mailbox_size - std::min(limits_.mailbox_size, summary.octets)) {
        return core::Error{fmt::format("the mailbox is full: {} bytes", limits_.mailbox_size)};
    }
    if (auto reserved = box.log.reserve(summary, 1, 1); !reserved) return reserved;
    learn_keywords(box, message.flags);
    std::string letters = maildir::letters_for(message.flags, box.keywords);
    // A message with flags is not new any more to the programs that read Maildirs.
    const bool in_new = message.flags == Flags{};
    const std::string folder = box.folder + (in_new ? "/new" : "/cur");
    const std::string name = in_new ? base : base + ":2," + letters;
    if (::rename(from_tmp.c_str(), (folder + '/' + name).c_str()) != 0) {
        return disk::error(from_tmp);
    }
    if (auto synced = disk::synchronize_folder(folder); !synced) {
        ::unlink((folder + '/' + name).c_str());
        return synced;
    }
    box.index.add(std::move(message));
    box.bases.push_back(base);
    box.letters.push_back(std::move(letters));
    box.in_new.push_back(in_new);
    box.known.insert(base);
    box.log.added(box.index.messages.back(), box.letters.back(), base);
    seen_now(box);
    shorten_log(box);
    ++changes_;
    return core::success();
}

// ---- changing ------------------------------------------------------------------------------

// Gives new keywords a letter, as long as there are any; further ones stand in the log only.
void MaildirStore::learn_keywords(Box& box, const Flags& flags) const {
    const std::string before = maildir::print_keywords(box.keywords);
    for (const std::string& keyword : flags.keywords) {
        if (maildir::has_letter(keyword, box.keywords)) continue;
        const auto free = std::find(box.keywords.begin(), box.keywords.end(), "");
        if (free != box.keywords.end()) {
            *free = keyword;
        } else if (box.keywords.size() < maildir::max_letters) {
            box.keywords.push_back(keyword);
        }
    }
    const std::string after = maildir::print_keywords(box.keywords);
    if (after == before) return;
    if (auto kept = core::write_file_atomically(box.folder + "/dovecot-keywords", after); !kept) {
        problems_.add(kept.error());
    }
}

core::Status MaildirStore::set_flags(std::string_view mailbox, Uid uid, Flags flags) {
    Box* box = opened(mailbox);
    if (box == nullptr) return no_mailbox(mailbox);
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto index = box->index.find(uid);
        if (!index) return no_message(mailbox, uid);
        if (box->index.messages[*index].flags == flags) return core::success();
        if (auto reserved = box->log.reserve(box->index.summary, 0, 1); !reserved) return reserved;
        learn_keywords(*box, flags);
        std::string letters = maildir::letters_for(flags, box->keywords);
        const std::string from = path_of(*box, *index);
        const std::string to =
            fmt::format("{}/cur/{}:2,{}", box->folder, box->bases[*index], letters);
        if (::rename(from.c_str(), to.c_str()) != 0) {
            if (errno != ENOENT || attempt > 0) return disk::error(from);
            look(*box);  // Another program was there first.
            ++changes_;
            continue;
        }
        box->letters[*index] = std::move(letters);
        box->in_new[*index] = false;
        box->index.set_flags(*index, std::move(flags));
        box->log.flagged(box->index.messages[*index], box->letters[*index]);
        seen_now(*box);
        shorten_log(*box);
        ++changes_;
        break;
    }
    return core::success();
}

std::size_t MaildirStore::expunge(std::string_view mailbox, std::span<const Uid> uids) {
    Box* box = opened(mailbox);
    if (box == nullptr || uids.empty()) return 0;
    if (!box->log.reserve(box->index.summary, 0, uids.size())) return 0;
    std::size_t gone = 0;
    // A second time for those that another program renamed meanwhile: look() has found them.
    for (int attempt = 0; attempt < 2; ++attempt) {
        bool again = false;
        for (const Uid uid : uids) {
            const auto index = box->index.find(uid);
            if (!index) continue;
            if (::unlink(path_of(*box, *index).c_str()) == 0) {
                ++gone;
            } else {
                again = true;
            }
        }
        if (look(*box)) ++changes_;
        if (!again) break;
    }
    for (const char* part : {"/cur", "/new"}) {
        if (auto synced = disk::synchronize_folder(box->folder + part); !synced) {
            problems_.add(synced.error());
        }
    }
    std::erase_if(texts_, [&](const CachedText& cached) { return cached.mailbox == mailbox; });
    return gone;
}

Uid MaildirStore::take_recent(std::string_view mailbox) {
    Box* box = opened(mailbox);
    if (box == nullptr) return 1;
    MailboxSummary& summary = box->index.summary;
    bool moved = false;
    // From new to cur, as each program does that shows a mailbox to its user.
    for (std::size_t i = 0; i < box->bases.size(); ++i) {
        if (!box->in_new[i]) continue;
        const std::string to =
            fmt::format("{}/cur/{}:2,{}", box->folder, box->bases[i], box->letters[i]);
        if (::rename(path_of(*box, i).c_str(), to.c_str()) != 0) continue;
        box->in_new[i] = false;
        moved = true;
    }
    if (moved) seen_now(*box);
    const Uid first = std::exchange(summary.first_recent, summary.uid_next);
    if (first != summary.first_recent) box->log.recent(summary.first_recent);
    return first;
}

// ---- folders -------------------------------------------------------------------------------

core::Status MaildirStore::create(std::string_view mailbox, std::int64_t now_unix_ns) {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    if (exists(mailbox)) return core::Error{fmt::format("mailbox {} is there already", mailbox)};
    const bool is_folder = place->folder != place->account_folder;
    if (is_folder &&
        mailboxes(mailbox.substr(0, mailbox.find('/') + 1)).size() >= limits_.folders) {
        return core::Error{fmt::format("more than {} folders", limits_.folders)};
    }
    if (auto made = disk::make_folder(place->account_folder); !made) return made;
    if (auto synced = disk::synchronize_folder(root_); !synced) return synced;
    const auto validity = fresh_uid_validity(place->account_folder, now_unix_ns, 0);
    if (!validity) return validity.error();
    // Prepared under another name, so that it is there whole or not at all. An account's own
    // folder holds its others, and is made in place: "cur" comes last.
    if (!is_folder) {
        for (const char* part : {"/tmp", "/new"}) {
            if (auto made = disk::make_folder(place->folder + part); !made) return made;
        }
    }
    MailboxIndex index;
    index.summary.uid_validity = *validity;
    MaildirLog log;
    const std::string prepared =
        is_folder ? fmt::format("{}/postack-making-{}", place->account_folder, ::getpid())
                  : place->folder;
    if (is_folder) {
        std::error_code ignored;
        std::filesystem::remove_all(prepared, ignored);
        if (auto made = make_maildir(prepared); !made) return made;
        // The mark of a folder of Maildir++ (Courier): deliver there, not to an account.
        if (auto marked = core::write_file_atomically(prepared + "/maildirfolder", ""); !marked) {
            return marked;
        }
    }
    if (auto begun = log.begin(prepared, index, {}, {}); !begun) return begun;
    log.end();
    if (is_folder) {
        if (::rename(prepared.c_str(), place->folder.c_str()) != 0) {
            return disk::error(place->folder);
        }
    } else if (auto made = disk::make_folder(place->folder + "/cur"); !made) {
        return made;
    }
    if (auto synced = disk::synchronize_folder(place->account_folder); !synced) return synced;
    sweep(place->folder + "/tmp", now_unix_ns);
    ++changes_;
    return core::success();
}

void MaildirStore::forget(std::string_view mailbox) {
    const auto found = boxes_.find(mailbox);
    if (found != boxes_.end()) {
        found->second->log.end();
        boxes_.erase(found);
    }
    std::erase_if(texts_, [&](const CachedText& cached) { return cached.mailbox == mailbox; });
}

core::Status MaildirStore::remove(std::string_view mailbox) {
    const auto place = place_of(mailbox);
    if (!place || !exists(mailbox)) return no_mailbox(mailbox);
    forget(mailbox);
    if (place->folder == place->account_folder) {
        // The account's own: its folders lie inside and stay.
        for (const char* part :
             {"cur", "new", "tmp", "postack-mailbox", "dovecot-keywords", "dovecot-uidlist"}) {
            std::error_code ignored;
            std::filesystem::remove_all(place->folder + '/' + part, ignored);
        }
    } else {
        // First out of sight, so that a half-removed one is never seen.
        const std::string doomed =
            fmt::format("{}/postack-removing-{}", place->account_folder, ::getpid());
        std::error_code ignored;
        std::filesystem::remove_all(doomed, ignored);
        if (::rename(place->folder.c_str(), doomed.c_str()) != 0) {
            return disk::error(place->folder);
        }
        std::filesystem::remove_all(doomed, ignored);
    }
    ++changes_;
    return disk::synchronize_folder(place->account_folder);
}

core::Status MaildirStore::rename(std::string_view mailbox, std::string_view new_name) {
    const auto from = place_of(mailbox);
    const auto to = place_of(new_name);
    if (!from || !exists(mailbox)) return no_mailbox(mailbox);
    if (!to) return to.error();
    if (exists(new_name)) return core::Error{fmt::format("mailbox {} is there already", new_name)};
    if (from->folder == from->account_folder || to->folder == to->account_folder) {
        return core::Error{"an account's INBOX is not renamed; its messages may be moved"};
    }
    forget(mailbox);
    if (::rename(from->folder.c_str(), to->folder.c_str()) != 0) return disk::error(to->folder);
    if (auto synced = disk::synchronize_folder(to->account_folder); !synced) return synced;
    ++changes_;
    // The name may have had other messages of the same uids once: another validity.
    auto loaded = load(new_name);
    if (!loaded) return loaded.error();
    Box& box = **loaded;
    const auto validity = fresh_uid_validity(
        to->account_folder, static_cast<std::int64_t>(box.index.summary.uid_validity) * second,
        box.index.summary.uid_validity);
    if (!validity) return validity.error();
    box.index.summary.uid_validity = *validity;
    return box.log.begin(box.folder, box.index, box.bases, box.letters);
}

namespace {

// As a line of the file: "INBOX", or the levels parted by dots.
std::optional<std::string> subscription_line(std::string_view mailbox) {
    const std::size_t slash = mailbox.find('/');
    if (slash == std::string_view::npos) return "INBOX";
    const auto name = maildir::folder_name(mailbox.substr(slash + 1));
    if (!name) return std::nullopt;
    return name->substr(1);
}

}  // namespace

core::Status MaildirStore::subscribe(std::string_view mailbox, bool wanted) {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    const auto line = subscription_line(mailbox);
    if (!line) return core::Error{fmt::format("'{}' is no name of a mailbox", mailbox)};
    const std::string path = place->account_folder + "/subscriptions";
    auto names = disk::parse_subscriptions(read_if_there(path), '.');
    const auto at = std::find(names.begin(), names.end(), *line);
    if ((at != names.end()) == wanted) return core::success();
    if (!wanted) {
        names.erase(at);
    } else if (names.size() >= limits_.folders) {
        return core::Error{fmt::format("more than {} subscriptions", limits_.folders)};
    } else {
        names.push_back(*line);
    }
    std::string file;
    for (const std::string& name : names)
        file += name + '\n';
    if (auto made = disk::make_folder(place->account_folder); !made) return made;
    ++changes_;
    return core::write_file_atomically(path, file);
}

std::vector<std::string> MaildirStore::subscribed(std::string_view prefix) const {
    std::vector<std::string> result;
    const std::string account{prefix.substr(0, prefix.find('/'))};
    if (account.empty() || account.front() == '.') return result;
    for (const std::string& name :
         disk::parse_subscriptions(read_if_there(root_ + '/' + account + "/subscriptions"), '.')) {
        std::string mailbox = account;
        if (name != "INBOX") {
            const auto path = maildir::folder_path('.' + name);
            if (!path) continue;
            mailbox += '/' + *path;
        }
        if (mailbox.starts_with(prefix)) result.push_back(std::move(mailbox));
    }
    std::sort(result.begin(), result.end());
    return result;
}

bool MaildirStore::lock(std::string_view mailbox) {
    return locks_.insert(std::string{mailbox}).second;
}

void MaildirStore::unlock(std::string_view mailbox) {
    const auto found = locks_.find(mailbox);
    if (found != locks_.end()) locks_.erase(found);
}

}  // namespace postack::mail::store
