#include "sim/mail/imap/folders.hpp"

#include <algorithm>
#include <map>

#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/modified_utf7.hpp"
#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::imap {
namespace {

bool is_inbox(std::string_view name) {
    return message::equal_without_case(name, "INBOX");
}

// INBOX may be said in any case; as a level above others it is INBOX too.
std::string canonical(std::string_view name, char separator) {
    std::string result{name};
    if (result.size() > 5 && result[5] == separator && is_inbox(name.substr(0, 5))) {
        result.replace(0, 5, "INBOX");
    }
    return result;
}

}  // namespace

core::Result<std::string> Folders::path_of(std::string_view name) const {
    if (is_inbox(name)) return inbox_path();
    const char separator = personality_->separator;
    std::string utf8;
    // 8-bit names are UTF-8 (RFC 9051); else they are modified UTF-7, which is ASCII.
    if (std::any_of(name.begin(), name.end(), [](char c) { return c < 0; })) {
        if (!smtp::valid_utf8(name)) return core::Error{"Name is neither UTF-8 nor modified UTF-7"};
        utf8 = canonical(name, separator);
    } else {
        const auto decoded = decode_modified_utf7(canonical(name, separator));
        if (!decoded) return core::Error{"Name is not valid mUTF-7"};
        utf8 = *decoded;
    }
    if (utf8.empty()) return core::Error{"Name is empty"};
    if (utf8.size() > max_mailbox_name) return core::Error{"Name is too long"};
    std::size_t levels = 0;
    for (std::size_t at = 0; at <= utf8.size();) {
        const std::size_t end = std::min(utf8.find(separator, at), utf8.size());
        const std::string_view level = std::string_view{utf8}.substr(at, end - at);
        if (level.empty()) return core::Error{"Has adjacent hierarchy separators"};
        // A path must not leave the root; a file system is behind it some day.
        if (level == "." || level == "..") return core::Error{"Name has invalid characters"};
        if (level.find('/') != std::string_view::npos) {
            return core::Error{"Name has invalid characters"};
        }
        if (++levels > max_mailbox_levels) return core::Error{"Name has too many levels"};
        at = end + 1;
    }
    for (char& c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) return core::Error{"Name has control characters"};
        if (c == separator) c = '/';
    }
    return root() + utf8;
}

std::string Folders::name_of(std::string_view path) const {
    if (path == inbox_path()) return "INBOX";
    std::string name{path.substr(std::min(path.size(), root().size()))};
    std::replace(name.begin(), name.end(), '/', personality_->separator);
    return encode_modified_utf7(name);
}

bool Folders::may_have_children(std::string_view path) const {
    return !personality_->no_inferiors || !room_->store().exists(path);
}

std::vector<Folder> Folders::all(bool subscribed_only) const {
    const std::string above = root();
    const std::string inbox = inbox_path();
    const store::MailboxStore& store = room_->store();
    const auto subscribed = store.subscribed(above);
    const auto is_subscribed = [&](const std::string& path) {
        return std::binary_search(subscribed.begin(), subscribed.end(), path);
    };
    const auto inboxes = store.subscribed(inbox);
    const bool inbox_subscribed = std::find(inboxes.begin(), inboxes.end(), inbox) != inboxes.end();

    // Keyed by the path, so that the order is that of the store: by bytes.
    std::map<std::string, Folder, std::less<>> found;
    for (const std::string& path : subscribed_only ? subscribed : store.mailboxes(above)) {
        if (path.size() == above.size() || path == inbox) continue;
        for (std::size_t slash = path.find('/', above.size()); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            Folder& level = found[path.substr(0, slash)];
            level.children = true;
        }
        Folder& folder = found[path];
        folder.path = path;
    }
    std::vector<Folder> folders;
    bool inbox_children = false;
    for (auto& [path, folder] : found) {
        folder.name = name_of(path);
        if (folder.name == "INBOX") {  // "INBOX/x" is there: the level is the maildrop's
            inbox_children = folder.children;
            continue;
        }
        folder.subscribed = is_subscribed(path);
        if (folder.path.empty() && store.exists(path) && !subscribed_only) folder.path = path;
        const auto use = personality_->special_uses.find(folder.name);
        if (use != personality_->special_uses.end()) folder.special_use = use->second;
        folders.push_back(std::move(folder));
    }
    if (!subscribed_only || inbox_subscribed || inbox_children) {
        Folder folder{"INBOX", inbox, inbox_children, inbox_subscribed, {}};
        if (subscribed_only && !inbox_subscribed) folder.path.clear();
        folders.insert(personality_->inbox_last ? folders.end() : folders.begin(),
                       std::move(folder));
    }
    return folders;
}

bool matches(std::string_view pattern, std::string_view name, char separator) {
    const std::string upper = pattern.size() == 5 && is_inbox(pattern) ? "INBOX" : "";
    if (!upper.empty()) pattern = upper;
    // Which beginnings of the name the pattern so far can stand for: no backtracking, so that
    // "*a*a*a*a" costs pattern times name and no more.
    std::vector<bool> reached(name.size() + 1, false);
    reached[0] = true;
    for (const char c : pattern) {
        if (c == '*' || c == '%') {
            for (std::size_t i = 0; i < name.size(); ++i) {
                if (reached[i] && (c == '*' || name[i] != separator)) reached[i + 1] = true;
            }
            continue;
        }
        for (std::size_t i = name.size(); i > 0; --i)
            reached[i] = reached[i - 1] && name[i - 1] == c;
        reached[0] = false;
    }
    return reached[name.size()];
}

}  // namespace postack::mail::imap
