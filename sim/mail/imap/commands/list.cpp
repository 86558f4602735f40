#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {
namespace {

// The attributes in the order of Dovecot (L4 of the labs: "\Subscribed \HasNoChildren \Sent").
std::string attributes(const CommandContext& context, const Folder& folder, const List& command,
                       bool extended) {
    std::vector<std::string_view> list;
    const bool here = !folder.path.empty();
    if (folder.subscribed && (command.return_subscribed || command.subscribed)) {
        list.emplace_back("\\Subscribed");
    }
    if (!here) list.emplace_back(command.subscribed ? "\\NonExistent" : "\\NoSelect");
    const bool inbox = folder.name == "INBOX";
    if (!extended || command.return_children) {
        if (folder.children) {
            list.emplace_back("\\HasChildren");
        } else if (context.personality.no_inferiors && here && !inbox) {
            list.emplace_back("\\NoInferiors");
        } else {
            list.emplace_back("\\HasNoChildren");
        }
    }
    if (!folder.special_use.empty() &&
        (!extended || command.return_special_use || command.special_use)) {
        list.emplace_back(folder.special_use);
    }
    std::string text;
    for (const std::string_view attribute : list) {
        if (!text.empty()) text += ' ';
        text += attribute;
    }
    return text;
}

// What a LIST may tell of: all mailboxes and the levels above them, and what is subscribed though
// it is not there.
std::vector<Folder> candidates(CommandContext& context, const List& command) {
    std::vector<Folder> folders = context.folders().all();
    if (!command.subscribed) return folders;
    for (Folder& folder : context.folders().all(true)) {
        const auto there = std::find_if(folders.begin(), folders.end(),
                                        [&](const Folder& f) { return f.name == folder.name; });
        if (there != folders.end()) {
            there->subscribed = there->subscribed || folder.subscribed;
        } else {
            folder.path.clear();
            folders.push_back(std::move(folder));
        }
    }
    return folders;
}

bool selected(const Folder& folder, const List& command) {
    return (!command.subscribed || folder.subscribed) &&
           (!command.special_use || !folder.special_use.empty());
}

// RFC 9051, section 6.3.9.6: RECURSIVEMATCH tells of a mailbox that has something below it which is
// selected, and which the patterns do not name. Empty if there is nothing.
std::string child_info(const List& command, const std::vector<Folder>& folders,
                       const std::vector<bool>& matching, std::size_t parent, char separator) {
    const std::string level = folders[parent].name + separator;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        if (matching[i] || !folders[i].name.starts_with(level) || !selected(folders[i], command))
            continue;
        std::string criteria;
        if (command.subscribed) criteria = "\"SUBSCRIBED\"";
        if (command.special_use) {
            criteria += criteria.empty() ? "\"SPECIAL-USE\"" : " \"SPECIAL-USE\"";
        }
        return " (\"CHILDINFO\" (" + criteria + "))";
    }
    return {};
}

// What matches a subscription only through a level below it, or by '%' (RFC 3501, section 6.3.9).
void lsub(CommandContext& context, const List& command, const std::string& pattern) {
    const char separator = context.personality.separator;
    for (const Folder& folder : context.folders().all(true)) {
        // A level is told only if what is subscribed below it does not match itself.
        if (folder.path.empty() && pattern.find('%') == std::string::npos) continue;
        if (!matches(pattern, folder.name, separator)) continue;
        context.out += folder.path.empty() ? "* LSUB (\\NoSelect) \"" : "* LSUB () \"";
        context.out += separator;
        context.out += "\" " + print_mailbox(folder.name) + "\r\n";
    }
    (void)command;
}

}  // namespace

std::string print_mailbox(std::string_view name) {
    std::string text;
    append_astring(text, name);
    return text;
}

void tell_mailbox(CommandContext& context, const Folder& folder, std::string_view old_name) {
    List all;
    all.return_subscribed = all.return_special_use = true;
    all.return_children = !folder.path.empty() || folder.children;
    all.subscribed = folder.path.empty();
    context.out += "* LIST (" + attributes(context, folder, all, true) + ") \"";
    context.out += context.personality.separator;
    context.out += "\" " + print_mailbox(folder.name);
    if (!old_name.empty()) context.out += " (\"OLDNAME\" (" + print_mailbox(old_name) + "))";
    context.out += "\r\n";
}

// RFC 9051, section 6.3.9; RFC 5258 and RFC 5819.
Outcome handle(CommandContext& context, const List& command) {
    const char separator = context.personality.separator;
    const Situation done = command.lsub ? Situation::lsub : Situation::list;
    const bool extended = command.many || command.subscribed || command.remote ||
                          command.special_use || command.return_children ||
                          command.return_subscribed || command.return_special_use ||
                          command.return_status;
    if (!extended && command.patterns.front().empty()) {
        // "" asks for the separator.
        context.out += "* LIST (\\Noselect) \"";
        context.out += separator;
        context.out += "\" \"\"\r\n";
        return reply(done);
    }
    std::vector<std::string> patterns;
    for (const std::string& pattern : command.patterns)
        patterns.push_back(command.reference + pattern);
    if (command.lsub) {
        lsub(context, command, patterns.front());
        return reply(done);
    }
    if (command.return_status) use_condstore_for(context, *command.return_status);
    const std::vector<Folder> folders = candidates(context, command);
    std::vector<bool> matching;
    matching.reserve(folders.size());
    for (const Folder& folder : folders) {
        matching.push_back(std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) {
            return matches(p, folder.name, separator);
        }));
    }
    for (std::size_t i = 0; i < folders.size(); ++i) {
        if (!matching[i]) continue;
        const Folder& folder = folders[i];
        const std::string below =
            command.recursive_match ? child_info(command, folders, matching, i, separator) : "";
        if (!selected(folder, command) && below.empty()) continue;
        context.out += "* LIST (" + attributes(context, folder, command, extended) + ") \"";
        context.out += separator;
        context.out += "\" " + print_mailbox(folder.name) + below + "\r\n";
        if (command.return_status && !folder.path.empty()) {
            tell_status(context, folder.name, folder.path, *command.return_status);
        }
    }
    return reply(done);
}

}  // namespace postack::mail::imap
