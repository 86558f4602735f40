#include "sim/mail/pop3/maildrop.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::pop3 {
namespace {

// Where the body begins: behind the first empty line, or at the end.
std::size_t body_of(std::string_view text) {
    if (text.starts_with("\r\n")) return 2;
    const std::size_t blank = text.find("\r\n\r\n");
    return blank == std::string_view::npos ? text.size() : blank + 4;
}

bool tells_apart(std::string_view field) {
    constexpr std::array<std::string_view, 4> names{"Date", "Delivered-To", "Message-Id",
                                                    "Received"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return message::equal_without_case(field, name);
    });
}

}  // namespace

Maildrop::Maildrop(store::MailboxStore& store, std::string mailbox)
    : store_(&store), mailbox_(std::move(mailbox)), lock_(store, mailbox_) {
    if (!lock_.held()) return;
    for (const store::Message& message : store.messages(mailbox_)) {
        entries_.push_back({message.uid, message.size, false});
        octets_ += message.size;
    }
    uid_validity_ = store.summary(mailbox_).uid_validity;
}

core::Result<store::Text> Maildrop::text(std::uint32_t number) const {
    return store_->text(mailbox_, entries_[number - 1].uid);
}

void Maildrop::mark_deleted(std::uint32_t number) {
    Entry& entry = entries_[number - 1];
    if (std::exchange(entry.deleted, true)) return;
    ++deleted_;
    octets_ -= entry.size;
}

void Maildrop::unmark_all() {
    for (Entry& entry : entries_) {
        if (std::exchange(entry.deleted, false)) octets_ += entry.size;
    }
    deleted_ = 0;
}

void Maildrop::update() {
    std::vector<store::Uid> gone;
    for (const Entry& entry : entries_) {
        if (entry.deleted) gone.push_back(entry.uid);
    }
    if (!gone.empty()) store_->expunge(mailbox_, gone);
    lock_.release();
}

std::string_view top_of(std::string_view text, std::uint32_t lines) {
    std::size_t end = body_of(text);
    for (; lines > 0 && end < text.size(); --lines) {
        const std::size_t line_end = text.find("\r\n", end);
        end = line_end == std::string_view::npos ? text.size() : line_end + 2;
    }
    return text.substr(0, end);
}

std::string header_hash(std::string_view text) {
    std::string_view header = text.substr(0, body_of(text));
    std::string hashed;
    bool wanted = false;
    while (!header.empty() && !header.starts_with("\r\n")) {
        const std::size_t line_end = std::min(header.find("\r\n"), header.size());
        const std::string_view line = header.substr(0, line_end);
        const bool continuation = line.starts_with(' ') || line.starts_with('\t');
        if (!continuation) wanted = tells_apart(line.substr(0, line.find(':')));
        if (wanted) {
            hashed += line;
            hashed += '\n';
        }
        header.remove_prefix(std::min(line_end + 2, header.size()));
    }
    const sasl::Digest digest = sasl::md5(hashed);
    // Two words, each with its least byte first in the digest.
    const auto word = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
            value |= std::uint32_t{digest[at + i]} << (8 * i);
        return value;
    };
    return fmt::format("{:08x}{:08x}", word(0), word(4));
}

}  // namespace postack::mail::pop3
