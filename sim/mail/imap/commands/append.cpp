#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/section_content.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/binary.hpp"
#include "sim/mail/smtp/printable.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::size_t longest_url_told = 1000;  // in BADURL: our choice

// The octets of a URL; nothing if there is nothing behind it.
std::optional<std::string> content_of_url(CommandContext& context, std::string_view text) {
    const auto url = parse_message_url(text);
    if (!url) return std::nullopt;
    std::string path;
    if (!url->mailbox.empty()) {
        const auto named = context.folders().path_of(url->mailbox);
        if (!named) return std::nullopt;
        path = *named;
    } else if (context.conversation.selected) {
        path = context.selected().path();
    }
    store::MailboxStore& store = context.store();
    if (path.empty() || !store.exists(path)) return std::nullopt;
    if (url->uid_validity && *url->uid_validity != store.summary(path).uid_validity) {
        return std::nullopt;
    }
    const auto message = store.text(path, url->uid);
    if (!message) return std::nullopt;
    std::optional<mime::Part> root;
    const auto content = section_content(**message, url->section, root);
    if (!content) return std::nullopt;
    return std::string{clip(*content, url->partial)};
}

// BADURL's text has no ']' and no line end.
std::string told_url(std::string_view url) {
    std::string told = smtp::printable(url.substr(0, longest_url_told));
    std::replace(told.begin(), told.end(), ']', '?');
    return told;
}

// RFC 4469: the parts in their order. Otherwise the reply.
std::optional<std::string> catenate(CommandContext& context, const AppendMessage& m,
                                    std::size_t room, Outcome& otherwise) {
    std::string text;
    for (const CatenatePart& part : m.parts) {
        if (part.url) {
            const auto content = content_of_url(context, part.text);
            if (!content) {
                otherwise = reply(Situation::bad_url, {{"url", told_url(part.text)}});
                return std::nullopt;
            }
            text += *content;
        } else {
            text += part.text;
        }
        if (text.size() > room) {
            otherwise = reply(Situation::too_big);
            return std::nullopt;
        }
    }
    return text;
}

// What the store keeps of it: lines of text. Otherwise the reply.
std::optional<std::string> storable(const AppendMessage& m, std::string text, Outcome& otherwise) {
    const bool binary = m.binary || std::any_of(m.parts.begin(), m.parts.end(),
                                                [](const CatenatePart& p) { return p.binary; });
    // RFC 3516, section 4.2: parts that say that they are binary may be kept in another encoding.
    if (binary) text = mime::without_binary(text);
    if (text.empty()) {  // RFC 9051, section 6.3.12: it gives up.
        otherwise = reply(Situation::cannot, {{"problem", "Can't save a zero byte message"}});
        return std::nullopt;
    }
    if (text.find('\0') != std::string::npos) {
        otherwise =
            binary ? reply(Situation::unknown_encoding)
                   : reply(Situation::cannot, {{"problem", "NULs are not allowed in a message"}});
        return std::nullopt;
    }
    return message::canonical_lines(text);
}

}  // namespace

// RFC 9051, section 6.3.12; RFC 3502: all messages or none; RFC 4315: APPENDUID.
Outcome handle(CommandContext& context, const Append& command) {
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::try_create);
    if (!path) return otherwise;
    store::MailboxStore& store = context.store();
    std::vector<store::Uid> uids;
    std::size_t room = max_append;
    for (const AppendMessage& m : command.messages) {
        auto text = m.parts.empty() ? m.text : catenate(context, m, room, otherwise);
        if (text) {
            room -= std::min(room, text->size());
            text = storable(m, std::move(*text), otherwise);
        }
        if (!text) {
            store.expunge(*path, uids);
            return otherwise;
        }
        store::StoredMessage message;
        message.unix_ns = m.unix_seconds ? *m.unix_seconds * 1'000'000'000 : context.unix_ns();
        message.utc_offset_minutes =
            m.unix_seconds ? m.utc_offset_minutes : context.room.clock().utc_offset_minutes;
        message.saved_unix_ns = context.unix_ns();
        for (const std::string& flag : m.flags)
            set_flag(message.flags, flag, true);
        message.text = std::move(*text);
        const auto appended = store.append(*path, std::move(message));
        if (!appended) {
            store.expunge(*path, uids);
            return reply(Situation::full, {{"problem", appended.error().message}});
        }
        uids.push_back(appended->uid);
    }
    return reply(Situation::append,
                 {{"code", "[APPENDUID " + std::to_string(store.summary(*path).uid_validity) + ' ' +
                               print_numbers(uids) + "] "}});
}

}  // namespace postack::mail::imap
