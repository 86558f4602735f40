// A maildrop as a POP3 session sees it: the messages that were there at login, numbered from 1,
// some marked as deleted (RFC 1939, sections 4 and 5). What is delivered meanwhile is not in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::pop3 {

class Maildrop {
   public:
    struct Entry {
        store::Uid uid = 0;
        std::uint64_t size = 0;
        bool deleted = false;
    };

    Maildrop() = default;
    /// Locks the mailbox, which may not exist yet. Check locked(). The store must outlive this.
    Maildrop(store::MailboxStore& store, std::string mailbox);

    [[nodiscard]] bool locked() const { return lock_.held(); }
    /// All messages, the deleted ones too: number n is at n - 1.
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] std::size_t messages() const { return entries_.size() - deleted_; }
    [[nodiscard]] std::uint64_t octets() const { return octets_; }  ///< of the undeleted ones
    [[nodiscard]] std::size_t deleted() const { return deleted_; }
    [[nodiscard]] std::uint32_t uid_validity() const { return uid_validity_; }

    /// Numbers here are from 1 and must be there.
    [[nodiscard]] core::Result<store::Text> text(std::uint32_t number) const;
    void mark_deleted(std::uint32_t number);
    void unmark_all();
    /// The UPDATE state: takes the marked messages away and lets go of the lock.
    void update();

   private:
    store::MailboxStore* store_ = nullptr;
    std::string mailbox_;
    store::MaildropLock lock_;
    std::vector<Entry> entries_;
    std::uint64_t octets_ = 0;
    std::size_t deleted_ = 0;
    std::uint32_t uid_validity_ = 0;
};

/// The header with its blank line and the first `lines` lines of the body (RFC 1939: TOP); lines
/// end by CRLF.
std::string_view top_of(std::string_view text, std::uint32_t lines);

/// popa3d's unique id: eight bytes of the MD5 of the fields that tell messages apart, with LF line
/// ends (measured: capture pop3-session-dele for Delivered-To and Received; Date and Message-Id
/// are taken too).
std::string header_hash(std::string_view text);

}  // namespace postack::mail::pop3
