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
    std::vector<Folder> folders = context.folders().all();
    if (command.subscribed) {
        // What is subscribed, with what is known of it.
        std::vector<Folder> subscribed;
        for (Folder& folder : context.folders().all(true)) {
            if (!folder.subscribed) continue;
            const auto there = std::find_if(folders.begin(), folders.end(),
                                            [&](const Folder& f) { return f.name == folder.name; });
            if (there != folders.end()) {
                subscribed.push_back(*there);
                subscribed.back().subscribed = true;
            } else {
                folder.path.clear();
                subscribed.push_back(std::move(folder));
            }
        }
        folders = std::move(subscribed);
    }
    for (const Folder& folder : folders) {
        if (command.special_use && folder.special_use.empty()) continue;
        if (std::none_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
                return matches(pattern, folder.name, separator);
            })) {
            continue;
        }
        context.out += "* LIST (" + attributes(context, folder, command, extended) + ") \"";
        context.out += separator;
        context.out += "\" " + print_mailbox(folder.name) + "\r\n";
        if (command.return_status && !folder.path.empty()) {
            tell_status(context, folder.name, folder.path, *command.return_status);
        }
    }
    return reply(done);
}

}  // namespace postack::mail::imap
