#include "sim/mail/store/mbox_store.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sim/core/file.hpp"
#include "sim/mail/imap/modified_utf7.hpp"
#include "sim/mail/message/date.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/store/mbox.hpp"
#include "sim/mail/store/missing.hpp"
#include "sim/mail/store/uid_validity.hpp"

namespace postack::mail::store {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::size_t max_level = 255;  // bytes: what file systems take
// A file that others let grow is still read; our choice, so that it fits into memory.
constexpr std::uint64_t max_file_size = std::uint64_t{1} << 30;
// A uid that another program gave may be so far ahead; a message that came with the field from
// outside must not use up all numbers. Our choice.
constexpr Uid max_uid_jump = 100'000;
constexpr std::size_t max_base_keywords = 90;  // named in a file's base: our choice
constexpr std::string_view redo_suffix = ".postack-redo";
constexpr std::string_view redo_line = "postack-redo 1 ";

bool is_reserved(std::string_view name) {
    return name.front() == '.' || name.ends_with(".lock") || name.find(".postack-") != name.npos;
}

bool is_file(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

std::string folder_above(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

core::Result<std::string> read_part(const disk::File& file, std::size_t begin, std::size_t end,
                                    const std::string& path) {
    std::string bytes(end - begin, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                                    static_cast<off_t>(begin + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk::error(path);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

core::Result<std::string> read_whole(const disk::File& file, const std::string& path) {
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return disk::error(path);
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (size > max_file_size) {
        return core::Error{fmt::format("{}: a mailbox of {} bytes; at most {} are read", path, size,
                                       max_file_size)};
    }
    return read_part(file, 0, static_cast<std::size_t>(size), path);
}

core::Status write_at(const disk::File& file, std::string_view bytes, std::size_t at,
                      const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t done =
            ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return disk::error(path);
        bytes.remove_prefix(static_cast<std::size_t>(done));
        at += static_cast<std::size_t>(done);
    }
    return core::success();
}

// In place of all that the file holds.
core::Status overwrite(const disk::File& file, std::string_view bytes, const std::string& path) {
    if (::ftruncate(file.get(), static_cast<off_t>(bytes.size())) != 0) return disk::error(path);
    if (auto written = write_at(file, bytes, 0, path); !written) return written;
    return disk::synchronize(file, path);
}

// FNV-1a, to know a file again.
std::uint64_t sum_of(std::string_view bytes) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (const char c : bytes)
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return sum;
}

// "Projets/R&AOk-seau": the file of a folder below the account's mail folder.
core::Result<std::string> file_name_of(std::string_view folder, std::size_t max_depth) {
    std::string name;
    for (std::size_t depth = 1;; ++depth) {
        const std::size_t end = std::min(folder.find('/'), folder.size());
        const std::string_view level = folder.substr(0, end);
        if (level.empty() || level.find('\0') != std::string_view::npos || is_reserved(level)) {
            return core::Error{fmt::format(
                "'{}' cannot name a mailbox file: it begins with '.', ends with '.lock', or is "
                "empty",
                level)};
        }
        const std::string encoded = imap::encode_modified_utf7(level);
        if (encoded.size() + 20 > max_level || depth > max_depth) {
            return core::Error{
                fmt::format("a folder's name has {} bytes a level and {} levels at most on disk",
                            max_level - 20, max_depth)};
        }
        name += encoded;
        if (end == folder.size()) return name;
        name += '/';
        folder.remove_prefix(end + 1);
    }
}

// Those that the list has not yet; true if there are any.
bool add_keywords(std::vector<std::string>& list, const Flags& flags) {
    const std::size_t before = list.size();
    for (const std::string& keyword : flags.keywords) {
        if (list.size() == max_base_keywords) break;
        if (std::find(list.begin(), list.end(), keyword) == list.end()) list.push_back(keyword);
    }
    return list.size() > before;
}

std::string mail_folder(const std::string& home) {
    return home + "/mail";
}

// All files below a folder, by their paths in it.
void files_below(const std::string& folder, const std::string& above, std::size_t depth,
                 std::size_t most, std::vector<std::string>& found) {
    for (const std::string& name : disk::names_in(folder)) {
        if (is_reserved(name) || found.size() >= most) continue;
        std::string path = folder;
        path += '/';
        path += name;
        if (disk::is_folder(path)) {
            if (depth > 1) files_below(path, above + name + '/', depth - 1, most, found);
        } else if (is_file(path)) {
            found.push_back(above + name);
        }
    }
}

}  // namespace

MboxStore::MboxStore(std::string root, std::int64_t start_unix_ns, std::int32_t utc_offset_minutes,
                     MboxLimits limits)
    : root_(std::move(root)),
      start_unix_ns_(start_unix_ns),
      utc_offset_minutes_(utc_offset_minutes),
      limits_(limits) {}

MboxStore::~MboxStore() {
    for (auto& [name, box] : boxes_)
        (void)flush(*box);
}

core::Status MboxStore::open() {
    return disk::take_mailboxes(root_, root_lock_);
}

// ---- where things are ----------------------------------------------------------------------

core::Result<MboxStore::Place> MboxStore::place_of(std::string_view mailbox) const {
    const std::size_t slash = mailbox.find('/');
    const std::string_view account = mailbox.substr(0, slash);
    if (account.empty() || account == "home" || is_reserved(account) ||
        account.find('\0') != std::string_view::npos) {
        return core::Error{fmt::format("'{}' is no name of a mailbox", mailbox)};
    }
    Place place;
    place.home = fmt::format("{}/home/{}", root_, account);
    place.inbox = slash == std::string_view::npos;
    if (place.inbox) {
        place.path = fmt::format("{}/{}", root_, account);
        return place;
    }
    const auto name = file_name_of(mailbox.substr(slash + 1), limits_.depth);
    if (!name) return name.error();
    place.path = mail_folder(place.home) + '/' + *name;
    return place;
}

// ---- opening a mailbox ---------------------------------------------------------------------

// nullptr if it is not there, or cannot be opened (take_problems tells).
MboxStore::Box* MboxStore::opened(std::string_view mailbox) const {
    const auto found = boxes_.find(mailbox);
    if (found != boxes_.end()) return found->second.get();
    const auto place = place_of(mailbox);
    if (!place || !is_file(place->path)) return nullptr;
    auto loaded = load(mailbox);
    if (loaded) return *loaded;
    problems_.add(loaded.error());
    return nullptr;
}

core::Result<MboxStore::Box*> MboxStore::load(std::string_view mailbox) const {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    if (auto recovered = recover(place->path); !recovered) return recovered.error();
    auto made = std::make_unique<Box>();
    Box& box = *made;
    box.path = place->path;
    {
        const auto lock = MboxLock::to_read(box.path);
        if (!lock) return lock.error();
        if (auto looked = look(box, *lock); !looked) return looked.error();
    }
    boxes_.emplace(std::string{mailbox}, std::move(made));
    if (auto flushed = flush(box); !flushed) problems_.add(flushed.error());
    return &box;
}

// A file that was being written anew when the program was stopped: once more. What others appended
// meanwhile stands behind what we wrote, or behind what was there before.
core::Status MboxStore::recover(const std::string& path) const {
    const std::string redo_path = path + std::string{redo_suffix};
    if (!is_file(redo_path)) return core::success();
    const auto lock = MboxLock::to_write(path, true);
    if (!lock) return lock.error();
    const auto redo = core::read_file(redo_path, max_file_size);
    if (!redo) return redo.error();
    const std::size_t end = std::min(redo->find('\n'), redo->size());
    std::uint64_t size_before = 0;
    std::uint64_t sum_before = 0;
    const char* const line_end = redo->data() + end;
    bool right = redo->starts_with(redo_line) && end < redo->size();
    if (right) {
        const auto size = std::from_chars(redo->data() + redo_line.size(), line_end, size_before);
        right = size.ptr != line_end && *size.ptr == ' ' &&
                std::from_chars(size.ptr + 1, line_end, sum_before).ptr == line_end;
    }
    if (!right) {
        return core::Error{
            fmt::format("{}: expected \"{}SIZE SUM\" on line 1", redo_path, redo_line)};
    }
    std::string text = redo->substr(end + 1);
    const auto there = read_whole(lock->file(), path);
    if (!there) return there.error();
    const std::string_view all = *there;
    const bool begun = all.size() < size_before || sum_of(all.substr(0, size_before)) != sum_before;
    const std::string_view tail =
        all.substr(std::min<std::size_t>(all.size(), begun ? text.size() : size_before));
    if (parse_from_line(tail.substr(0, tail.find('\n')))) text += tail;
    if (auto written = overwrite(lock->file(), text, path); !written) return written;
    ::unlink(redo_path.c_str());
    return disk::synchronize_folder(folder_above(path));
}

bool MboxStore::is_as_seen(const Box& box, const disk::File& file) {
    struct stat facts {};
    return ::fstat(file.get(), &facts) == 0 && facts.st_ino == box.sight.inode &&
           facts.st_size == box.sight.size && disk::same_time(facts.st_mtim, box.sight.changed);
}

void MboxStore::see(Box& box, const disk::File& file) {
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return;
    box.sight = {facts.st_ino, facts.st_size, facts.st_mtim};
    box.look_again = true;
}

core::Status MboxStore::look(Box& box, const MboxLock& lock) const {
    const auto file = read_whole(lock.file(), box.path);
    if (!file) return file.error();
    if (auto learned = learn(box, *file); !learned) return learned;
    see(box, lock.file());
    return core::success();
}

// Compares the file with what we know of it. Flags that another program changed are taken from it;
// where we changed them and it did not, ours stay.
core::Status MboxStore::learn(Box& box, std::string_view file) const {
    const auto read = read_mbox_file(file, utc_offset_minutes_);
    if (!read) return core::Error{fmt::format("{}: {}", box.path, read.error().message)};
    MailboxIndex& index = box.index;
    MailboxSummary& summary = index.summary;
    const MboxBase& base = read->base;
    const bool first = summary.uid_validity == 0;
    bool news = false;
    if (first) {
        summary.uid_validity = base.uid_validity;
        summary.highest_modseq = std::max<ModSeq>(
            1, static_cast<ModSeq>(std::max<std::int64_t>(0, start_unix_ns_)) / 1000);
        index.forgotten = summary.highest_modseq;
        if (base.uid_validity == 0) {
            const std::string home_root = root_ + "/home";
            if (auto made = disk::make_folder(home_root); !made) return made;
            const auto validity = fresh_uid_validity(home_root, start_unix_ns_, 0);
            if (!validity) return validity.error();
            summary.uid_validity = *validity;
        }
    } else if (base.uid_validity != 0 && base.uid_validity != summary.uid_validity) {
        // Another program counts anew: none of these is one of those.
        std::vector<Uid> all;
        for (const Message& message : index.messages)
            all.push_back(message.uid);
        index.remove(all, limits_.remembered_expunges);
        box.on_disk.clear();
        summary.uid_validity = base.uid_validity;
        summary.uid_next = summary.first_recent = 1;
        news = true;
    }
    constexpr Uid last_of_all = std::numeric_limits<Uid>::max();
    if (base.last_uid < last_of_all) {
        summary.uid_next = std::max(summary.uid_next, base.last_uid + 1);
    }

    std::vector<Uid> uids;
    uids.reserve(read->entries.size());
    Uid next = summary.uid_next;
    for (const MboxEntry& entry : read->entries) {
        const Uid last = uids.empty() ? 0 : uids.back();
        Uid uid = entry.marks.uid;
        const bool ahead = uid >= next && uid - next < max_uid_jump;
        const bool known = first ? uid < next : index.find(uid).has_value();
        if (uid == 0 || uid <= last || !(known || ahead)) {
            uid = std::max(next, last + 1);
            box.unwritten = true;
        }
        if (uid == last_of_all) return core::Error{box.path + ": the mailbox has no uid left"};
        next = std::max(next, uid + 1);
        uids.push_back(uid);
    }

    std::vector<Uid> gone;
    for (const Message& message : index.messages) {
        if (!std::binary_search(uids.begin(), uids.end(), message.uid)) gone.push_back(message.uid);
    }
    if (!gone.empty()) {
        remove_at(box.on_disk, index.remove(gone, limits_.remembered_expunges));
        news = true;
    }
    box.extents.clear();
    for (std::size_t i = 0; i < uids.size(); ++i) {
        const MboxEntry& entry = read->entries[i];
        box.extents.push_back({entry.begin, entry.end});
        if (i >= index.messages.size()) {
            Message message;
            message.size = entry.size;
            message.unix_ns = message.saved_unix_ns = entry.unix_ns;
            message.utc_offset_minutes = utc_offset_minutes_;
            message.flags = entry.marks.flags;
            summary.uid_next = uids[i];  // add() gives the next one; here it is known.
            index.add(std::move(message));
            box.on_disk.push_back(entry.marks.flags);
            news = true;
        } else {
            Message& message = index.messages[i];
            if (box.on_disk[i] != entry.marks.flags) {
                box.on_disk[i] = entry.marks.flags;
                if (index.set_flags(i, entry.marks.flags)) news = true;
            }
            summary.octets = summary.octets - message.size + entry.size;
            message.size = entry.size;
        }
        if (entry.marks.old) summary.first_recent = std::max(summary.first_recent, uids[i] + 1);
    }
    summary.uid_next = std::max(summary.uid_next, next);
    box.based = base.uid_validity == summary.uid_validity;
    box.keywords = base.keywords;
    if (!read->unfinished.empty() || (!box.based && !uids.empty())) box.unwritten = true;
    if (news && !first) ++changes_;
    return core::success();
}

// ---- writing -------------------------------------------------------------------------------

// The whole file anew, without the messages of those indices (ascending). It is as seen, and locked
// to write. What is known of the messages stays, but for where they are.
core::Status MboxStore::write(Box& box, const MboxLock& lock,
                              const std::vector<std::size_t>& gone) const {
    const auto file = read_whole(lock.file(), box.path);
    if (!file) return file.error();
    const MailboxSummary& summary = box.index.summary;
    MboxBase base{summary.uid_validity, summary.uid_next - 1, box.keywords};
    for (const Message& message : box.index.messages)
        add_keywords(base.keywords, message.flags);
    std::string text;
    text.reserve(file->size() + 200);
    std::vector<Extent> extents;
    std::vector<Flags> flags;
    auto skip = gone.begin();
    for (std::size_t i = 0; i < box.extents.size(); ++i) {
        if (skip != gone.end() && *skip == i) {
            ++skip;
            continue;
        }
        const std::string_view entry = std::string_view{*file}.substr(
            box.extents[i].begin, box.extents[i].end - box.extents[i].begin);
        const Message& message = box.index.messages[i];
        const MboxMarks marks{message.uid, message.flags, message.uid < summary.first_recent};
        const std::size_t begin = text.size();
        text += print_mbox_entry(mbox_from_line(entry), mbox_text(entry), marks,
                                 text.empty() ? &base : nullptr);
        extents.push_back({begin, text.size()});
        flags.push_back(message.flags);
    }
    if (text.empty()) text = print_empty_mbox(base, start_unix_ns_, utc_offset_minutes_);
    if (text != *file) {
        const std::string redo = box.path + std::string{redo_suffix};
        const std::string folder = folder_above(box.path);
        auto safe = core::write_file_atomically(
            redo, fmt::format("{}{} {}\n{}", redo_line, file->size(), sum_of(*file), text));
        if (safe) safe = disk::synchronize_folder(folder);
        if (safe) safe = overwrite(lock.file(), text, box.path);
        if (!safe) return safe;
        ::unlink(redo.c_str());
        if (auto synced = disk::synchronize_folder(folder); !synced) return synced;
    }
    box.extents = std::move(extents);
    box.on_disk = std::move(flags);
    box.keywords = std::move(base.keywords);
    box.based = true;
    box.unwritten = false;
    see(box, lock.file());
    return core::success();
}

core::Status MboxStore::flush(Box& box) const {
    if (!box.unwritten) return core::success();
    const auto lock = MboxLock::to_write(box.path);
    if (!lock) return lock.error();
    if (!is_as_seen(box, lock->file())) {
        if (auto looked = look(box, *lock); !looked) return looked;
    }
    return write(box, *lock, {});
}

void MboxStore::refresh(std::int64_t now_unix_ns) {
    std::vector<std::string> gone;
    for (auto& [name, opened_box] : boxes_) {
        Box& box = *opened_box;
        struct stat facts {};
        if (::stat(box.path.c_str(), &facts) != 0) {
            gone.push_back(name);
            continue;
        }
        const std::int64_t changed =
            static_cast<std::int64_t>(facts.st_mtim.tv_sec) * ns_per_second + facts.st_mtim.tv_nsec;
        const bool settled = now_unix_ns - changed > ns_per_second;
        const bool same = facts.st_ino == box.sight.inode && facts.st_size == box.sight.size &&
                          disk::same_time(facts.st_mtim, box.sight.changed);
        core::Status status = core::success();
        if (!same || (box.look_again && settled)) {
            const auto lock = MboxLock::to_read(box.path);
            status = lock ? look(box, *lock) : core::Status{lock.error()};
            box.look_again = !settled;
        }
        // Not each change by itself: a client that marks a thousand messages does so one by one.
        if (!box.unwritten) {
            box.unwritten_since = 0;
        } else if (box.unwritten_since == 0) {
            box.unwritten_since = now_unix_ns;
        } else if (status && now_unix_ns - box.unwritten_since > ns_per_second) {
            status = flush(box);
            box.unwritten_since = status ? 0 : now_unix_ns;
        }
        if (!status) problems_.add(status.error());
    }
    for (const std::string& name : gone) {
        forget(name);
        ++changes_;
    }
}

// ---- reading -------------------------------------------------------------------------------

bool MboxStore::exists(std::string_view mailbox) const {
    const auto place = place_of(mailbox);
    return place.ok() && is_file(place->path);
}

std::vector<std::string> MboxStore::mailboxes(std::string_view prefix) const {
    std::set<std::string> accounts;
    const std::size_t slash = prefix.find('/');
    if (slash == std::string_view::npos) {
        for (const std::string& folder : {root_, root_ + "/home"}) {
            for (std::string& name : disk::names_in(folder)) {
                if (name.starts_with(prefix)) accounts.insert(std::move(name));
            }
        }
    } else {
        accounts.emplace(prefix.substr(0, slash));
    }
    std::vector<std::string> result;
    for (const std::string& account : accounts) {
        const auto place = place_of(account);
        if (!place) continue;
        if (account.starts_with(prefix) && is_file(place->path)) result.push_back(account);
        std::vector<std::string> files;
        files_below(mail_folder(place->home), "", limits_.depth, limits_.folders, files);
        for (const std::string& file : files) {
            const auto name = imap::decode_modified_utf7(file);
            if (!name) continue;
            std::string mailbox = account + '/' + *name;
            if (mailbox.starts_with(prefix)) result.push_back(std::move(mailbox));
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

MailboxSummary MboxStore::summary(std::string_view mailbox) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return {};
    MailboxSummary summary = box->index.summary;
    summary.file_size = static_cast<std::uint64_t>(box->sight.size);
    return summary;
}

std::span<const Message> MboxStore::messages(std::string_view mailbox) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return {};
    return box->index.messages;
}

core::Result<Text> MboxStore::text(std::string_view mailbox, Uid uid) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return no_mailbox(mailbox);
    const auto index = box->index.find(uid);
    if (!index) return no_message(mailbox, uid);
    const auto lock = MboxLock::to_read(box->path);
    if (!lock) return lock.error();
    if (is_as_seen(*box, lock->file())) {
        const Extent& extent = box->extents[*index];
        const auto entry = read_part(lock->file(), extent.begin, extent.end, box->path);
        if (!entry) return entry.error();
        return std::make_shared<const std::string>(mbox_text(*entry));
    }
    // Another program changed the file just now. What we know of it changes at the next refresh()
    // only: whoever asks walks through messages() meanwhile.
    const auto file = read_whole(lock->file(), box->path);
    if (!file) return file.error();
    const auto read = read_mbox_file(*file, utc_offset_minutes_);
    if (!read) return core::Error{fmt::format("{}: {}", box->path, read.error().message)};
    for (const MboxEntry& entry : read->entries) {
        if (entry.marks.uid != uid) continue;
        return std::make_shared<const std::string>(
            mbox_text(std::string_view{*file}.substr(entry.begin, entry.end - entry.begin)));
    }
    return no_message(mailbox, uid);
}

std::vector<UidRange> MboxStore::vanished(std::string_view mailbox, ModSeq since) const {
    const Box* box = opened(mailbox);
    if (box == nullptr) return {};
    return box->index.vanished(since);
}

std::string MboxStore::contents(std::string_view mailbox) const {
    const auto place = place_of(mailbox);
    if (!place) return {};
    const auto lock = MboxLock::to_read(place->path);
    if (!lock) return {};
    auto file = read_whole(lock->file(), place->path);
    return file ? std::move(*file) : std::string{};
}

// ---- delivery ------------------------------------------------------------------------------

core::Result<MboxStore::Box*> MboxStore::find_or_create(std::string_view mailbox,
                                                        std::int64_t unix_ns) {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    if (!is_file(place->path)) {
        forget(mailbox);
        if (!place->inbox) {
            if (auto made = create(mailbox, unix_ns); !made) return made.error();
        } else {
            // Without a pseudo message: its first message has the numbers.
            if (auto made = MboxLock::to_write(place->path, true); !made) return made.error();
            if (auto synced = disk::synchronize_folder(root_); !synced) return synced.error();
        }
    }
    if (Box* box = opened(mailbox)) return box;
    return load(mailbox);  // It tells why not.
}

core::Result<Appended> MboxStore::append(std::string_view mailbox, StoredMessage stored) {
    const std::int64_t saved = stored.saved_unix_ns == 0 ? stored.unix_ns : stored.saved_unix_ns;
    const auto found = find_or_create(mailbox, saved);
    if (!found) return found.error();
    Box& box = **found;
    const auto lock = MboxLock::to_write(box.path);
    if (!lock) return lock.error();
    if (!is_as_seen(box, lock->file())) {
        if (auto looked = look(box, *lock); !looked) return looked.error();
    }
    const MailboxSummary& summary = box.index.summary;
    if (summary.uid_next == std::numeric_limits<Uid>::max()) {
        return core::Error{"the mailbox has no uid left"};
    }
    const std::string text = without_marks(quote_from_lines(message::canonical_lines(stored.text)));
    const auto at = static_cast<std::size_t>(box.sight.size);
    const MboxMarks marks{summary.uid_next, stored.flags, false};
    MboxBase base{summary.uid_validity, summary.uid_next, box.keywords};
    const bool new_keywords = add_keywords(base.keywords, stored.flags);
    const std::string from = fmt::format(
        "From {}  {}",
        stored.envelope_sender.empty() ? mbox_daemon : std::string_view{stored.envelope_sender},
        message::ctime_date(stored.unix_ns, utc_offset_minutes_));
    std::string bytes = print_mbox_entry(from, text, marks, at == 0 ? &base : nullptr);
    // What others left without an empty line behind it gets one.
    const auto end_of_file =
        read_part(lock->file(), at - std::min<std::size_t>(at, 2), at, box.path);
    if (!end_of_file) return end_of_file.error();
    const std::size_t missing = at == 0 || *end_of_file == "\n\n" ? 0
                                : end_of_file->ends_with('\n')    ? 1
                                                                  : 2;
    const std::size_t begin = at + missing;
    if (begin + bytes.size() > limits_.mailbox_size) {
        return core::Error{fmt::format("the mailbox is full: {} bytes", limits_.mailbox_size)};
    }
    // First all but its first byte; with that it is there.
    std::string first_part = std::string(missing, '\n') + bytes;
    first_part[missing] = mbox_unfinished;
    auto done = write_at(lock->file(), first_part, at, box.path);
    if (done) done = disk::synchronize(lock->file(), box.path);
    if (done) done = write_at(lock->file(), bytes.substr(0, 1), begin, box.path);
    if (done) done = disk::synchronize(lock->file(), box.path);
    if (!done) {
        if (::ftruncate(lock->file().get(), static_cast<off_t>(at)) != 0) {
            problems_.add(disk::error(box.path));
        }
        see(box, lock->file());
        return done.error();
    }
    Message message;
    message.size = text.size();
    message.unix_ns = stored.unix_ns;
    message.utc_offset_minutes = stored.utc_offset_minutes;
    message.saved_unix_ns = saved;
    message.flags = stored.flags;
    Appended appended;
    appended.uid = box.index.add(std::move(message));
    box.on_disk.push_back(std::move(stored.flags));
    box.extents.push_back({begin, begin + bytes.size()});
    if (at == 0) {
        box.based = true;
        box.keywords = std::move(base.keywords);
    } else if (new_keywords) {
        box.unwritten = true;  // The base, in front, has to name them.
    }
    see(box, lock->file());
    ++changes_;
    appended.size_after = begin + bytes.size();
    appended.bytes = std::move(bytes);
    return appended;
}

core::Result<Uid> MboxStore::copy(std::string_view from, Uid uid, std::string_view to,
                                  std::int64_t saved_unix_ns) {
    const Box* source = opened(from);
    if (source == nullptr) return no_mailbox(from);
    if (!exists(to)) return no_mailbox(to);
    const auto index = source->index.find(uid);
    if (!index) return no_message(from, uid);
    const auto bytes = text(from, uid);
    if (!bytes) return bytes.error();
    const Message& message = source->index.messages[*index];
    StoredMessage stored;
    stored.text = **bytes;
    stored.unix_ns = message.unix_ns;
    stored.utc_offset_minutes = message.utc_offset_minutes;
    stored.flags = message.flags;
    stored.saved_unix_ns = saved_unix_ns;
    auto appended = append(to, std::move(stored));
    if (!appended) return appended.error();
    return appended->uid;
}

// ---- changing ------------------------------------------------------------------------------

core::Status MboxStore::set_flags(std::string_view mailbox, Uid uid, Flags flags) {
    Box* box = opened(mailbox);
    if (box == nullptr) return no_mailbox(mailbox);
    const auto index = box->index.find(uid);
    if (!index) return no_message(mailbox, uid);
    if (box->index.set_flags(*index, std::move(flags))) {
        box->unwritten = true;
        ++changes_;
    }
    return core::success();
}

std::size_t MboxStore::expunge(std::string_view mailbox, std::span<const Uid> uids) {
    Box* box = opened(mailbox);
    if (box == nullptr || uids.empty()) return 0;
    const auto lock = MboxLock::to_write(box->path);
    if (!lock) {
        problems_.add(lock.error());
        return 0;
    }
    if (!is_as_seen(*box, lock->file())) {
        if (auto looked = look(*box, *lock); !looked) {
            problems_.add(looked.error());
            return 0;
        }
    }
    std::vector<std::size_t> gone;
    for (const Uid uid : uids) {
        if (const auto index = box->index.find(uid)) gone.push_back(*index);
    }
    std::sort(gone.begin(), gone.end());
    gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
    if (gone.empty()) return 0;
    if (auto written = write(*box, *lock, gone); !written) {
        problems_.add(written.error());
        return 0;
    }
    box->index.remove(uids, limits_.remembered_expunges);
    ++changes_;
    return gone.size();
}

Uid MboxStore::take_recent(std::string_view mailbox) {
    Box* box = opened(mailbox);
    if (box == nullptr) return 1;
    MailboxSummary& summary = box->index.summary;
    const Uid first = std::exchange(summary.first_recent, summary.uid_next);
    if (first != summary.first_recent) box->unwritten = true;
    return first;
}

// ---- folders -------------------------------------------------------------------------------

core::Status MboxStore::create(std::string_view mailbox, std::int64_t now_unix_ns) {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    if (exists(mailbox)) return core::Error{fmt::format("mailbox {} is there already", mailbox)};
    if (!place->inbox &&
        mailboxes(mailbox.substr(0, mailbox.find('/') + 1)).size() >= limits_.folders) {
        return core::Error{fmt::format("more than {} folders", limits_.folders)};
    }
    // The folders above it, from the root on.
    for (std::size_t slash = root_.size(); slash < place->path.size();
         slash = std::min(place->path.find('/', slash + 1), place->path.size())) {
        const std::string above = place->path.substr(0, slash);
        if (is_file(above)) {
            return core::Error{
                fmt::format("{}: it is a mailbox, and a mailbox file holds no folders", above)};
        }
        if (auto made = disk::make_folder(above); !made) return made;
    }
    if (disk::is_folder(place->path)) {
        return core::Error{
            fmt::format("{}: it holds folders, and is no mailbox file", place->path)};
    }
    const std::string home_root = root_ + "/home";
    if (auto made = disk::make_folder(home_root); !made) return made;
    const auto validity = fresh_uid_validity(home_root, now_unix_ns, 0);
    if (!validity) return validity.error();
    forget(mailbox);
    if (auto written = core::write_file_atomically(
            place->path, print_empty_mbox({*validity, 0}, now_unix_ns, utc_offset_minutes_));
        !written) {
        return written;
    }
    ++changes_;
    return disk::synchronize_folder(folder_above(place->path));
}

void MboxStore::forget(std::string_view mailbox) {
    const auto found = boxes_.find(mailbox);
    if (found != boxes_.end()) boxes_.erase(found);
}

core::Status MboxStore::remove(std::string_view mailbox) {
    const auto place = place_of(mailbox);
    if (!place || !exists(mailbox)) return no_mailbox(mailbox);
    forget(mailbox);
    {
        const auto lock = MboxLock::to_write(place->path);
        if (!lock) return lock.error();
        if (::unlink(place->path.c_str()) != 0) return disk::error(place->path);
    }
    ++changes_;
    auto synced = disk::synchronize_folder(folder_above(place->path));
    // Folders that are left without a mailbox.
    std::string above = folder_above(place->path);
    while (above.size() > mail_folder(place->home).size() && ::rmdir(above.c_str()) == 0)
        above = folder_above(above);
    return synced;
}

core::Status MboxStore::rename(std::string_view mailbox, std::string_view new_name) {
    const auto from = place_of(mailbox);
    const auto to = place_of(new_name);
    if (!from || !exists(mailbox)) return no_mailbox(mailbox);
    if (!to) return to.error();
    if (from->inbox || to->inbox) {
        return core::Error{"an account's INBOX is not renamed; its messages may be moved"};
    }
    Box* old = opened(mailbox);
    if (old == nullptr) return no_mailbox(mailbox);
    if (auto flushed = flush(*old); !flushed) return flushed;
    const std::int64_t before =
        static_cast<std::int64_t>(old->index.summary.uid_validity) * ns_per_second;
    // Makes the folders above, and a validity that the name never had (section 2.3.1.1).
    if (auto made = create(new_name, before); !made) return made;
    Box* made = opened(new_name);
    if (made == nullptr) return no_mailbox(new_name);
    const std::uint32_t validity =
        std::max(made->index.summary.uid_validity, old->index.summary.uid_validity);
    forget(new_name);
    forget(mailbox);
    {
        const auto lock = MboxLock::to_write(from->path);
        if (!lock) return lock.error();
        if (::rename(from->path.c_str(), to->path.c_str()) != 0) return disk::error(to->path);
    }
    ++changes_;
    for (const std::string& path : {from->path, to->path}) {
        if (auto synced = disk::synchronize_folder(folder_above(path)); !synced) return synced;
    }
    const auto loaded = load(new_name);
    if (!loaded) return loaded.error();
    const auto lock = MboxLock::to_write(to->path);
    if (!lock) return lock.error();
    if (!is_as_seen(**loaded, lock->file())) {
        if (auto looked = look(**loaded, *lock); !looked) return looked;
    }
    (*loaded)->index.summary.uid_validity = validity;
    return write(**loaded, *lock, {});
}

core::Status MboxStore::subscribe(std::string_view mailbox, bool wanted) {
    const auto place = place_of(mailbox);
    if (!place) return place.error();
    const std::string folder = mail_folder(place->home);
    const std::string line =
        place->inbox ? "INBOX"
                     : place->path.substr(std::min(folder.size() + 1, place->path.size()));
    std::vector<std::string> lines;
    std::string file;
    const std::string path = folder + "/.subscriptions";
    if (const auto text = core::read_file(path)) lines = disk::parse_subscriptions(*text, '/');
    const auto there = std::find(lines.begin(), lines.end(), line);
    if ((there != lines.end()) == wanted) return core::success();
    if (!wanted) {
        lines.erase(there);
    } else if (lines.size() >= limits_.folders) {
        return core::Error{fmt::format("more than {} subscriptions", limits_.folders)};
    } else {
        lines.push_back(line);
    }
    for (const std::string& one : lines)
        file += one + '\n';
    for (const std::string& needed : {root_ + "/home", place->home, folder}) {
        if (auto made = disk::make_folder(needed); !made) return made;
    }
    ++changes_;
    return core::write_file_atomically(path, file);
}

std::vector<std::string> MboxStore::subscribed(std::string_view prefix) const {
    std::vector<std::string> result;
    const std::string account{prefix.substr(0, prefix.find('/'))};
    const auto place = place_of(account);
    if (!place) return result;
    const auto text = core::read_file(mail_folder(place->home) + "/.subscriptions");
    if (!text) return result;
    for (const std::string& line : disk::parse_subscriptions(*text, '/')) {
        const auto name = imap::decode_modified_utf7(line);
        if (!name) continue;
        std::string mailbox = line == "INBOX" ? account : account + '/' + *name;
        if (mailbox.starts_with(prefix)) result.push_back(std::move(mailbox));
    }
    std::sort(result.begin(), result.end());
    return result;
}

bool MboxStore::lock(std::string_view mailbox) {
    return locks_.insert(std::string{mailbox}).second;
}

void MboxStore::unlock(std::string_view mailbox) {
    const auto found = locks_.find(mailbox);
    if (found != locks_.end()) locks_.erase(found);
}

}  // namespace postack::mail::store
