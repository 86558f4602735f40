// The commands of IMAP4rev1 and rev2 (RFC 3501, RFC 9051) and of the extensions that we know, as
// values. parse_command and print_command are inverse.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/mail/imap/sequence_set.hpp"

namespace postack::mail::imap {

/// What STATUS asks for (RFC 9051, section 6.3.11; RFC 7162; RFC 8438), in the order in which
/// Dovecot answers.
enum class StatusItem : std::uint8_t {
    messages,
    recent,
    uid_next,
    uid_validity,
    unseen,
    highest_modseq,
    size,
    deleted,
};
inline constexpr std::size_t status_item_count = 8;
std::string_view name(StatusItem item);  ///< "UIDNEXT"

/// What stands between the brackets of BODY[1.2.HEADER.FIELDS (SUBJECT)].
struct Section {
    enum class Text : std::uint8_t { whole, header, header_fields, header_fields_not, text, mime };
    std::vector<std::uint32_t> part;
    Text text = Text::whole;
    std::vector<std::string> fields;  ///< as the client wrote them
    bool operator==(const Section&) const = default;
};

struct Partial {
    std::uint32_t offset = 0;
    std::uint32_t length = 1;  ///< at least 1
    bool operator==(const Partial&) const = default;
};

struct FetchItem {
    enum class Kind : std::uint8_t {
        flags,
        uid,
        internal_date,
        size,
        envelope,
        body,            // the structure without extension data
        body_structure,  // with it
        body_section,    // BODY[…]
        rfc822,
        rfc822_header,
        rfc822_text,
        mod_seq,
        binary,
        binary_size,
        save_date,
        preview,
    };
    Kind kind = Kind::flags;
    bool peek = false;
    bool lazy = false;  ///< PREVIEW (LAZY)
    Section section;
    std::optional<Partial> partial;
    bool operator==(const FetchItem&) const = default;
};

/// A key of SEARCH (RFC 9051, section 6.4.4; MODSEQ of RFC 7162; OLDER and YOUNGER of RFC 5032;
/// SAVEDBEFORE… of RFC 8514).
struct SearchKey {
    enum class Kind : std::uint8_t {
        all_of,  // the keys of a parenthesis, or the whole program
        not_,
        or_,
        all,
        answered,
        bcc,
        before,
        body,
        cc,
        deleted,
        draft,
        flagged,
        from,
        header,
        keyword,
        larger,
        new_,
        old,
        on,
        recent,
        seen,
        sent_before,
        sent_on,
        sent_since,
        since,
        smaller,
        subject,
        text,
        to,
        uid,
        unanswered,
        undeleted,
        undraft,
        unflagged,
        unkeyword,
        unseen,
        sequence,
        mod_seq,
        older,
        younger,
        saved_before,
        saved_on,
        saved_since,
        save_date_supported,
    };
    Kind kind = Kind::all;
    std::string text;          ///< what is looked for; a keyword
    std::string field;         ///< HEADER: the field's name
    std::uint64_t number = 0;  ///< LARGER, SMALLER, MODSEQ, OLDER, YOUNGER
    std::int32_t day = 0;      ///< dates: days since 1970-01-01
    SequenceSet set;           ///< UID, or sequence numbers
    std::vector<SearchKey> keys;
    bool operator==(const SearchKey&) const = default;
};

/// RETURN (…) of RFC 4731, RFC 5182 and RFC 5267.
struct SearchReturn {
    bool min = false, max = false, all = false, count = false, save = false;
    bool context = false;  ///< a hint that nothing depends on
    bool update = false;   ///< changes of the result are to be told from now on
    /// UPDATE (…): what is told of a message that comes and is added (RFC 5465, section 7).
    std::vector<FetchItem> update_items{};
    /// PARTIAL: the places in the result, from 1, the first not after the last.
    std::optional<std::pair<std::uint32_t, std::uint32_t>> partial{};
    bool operator==(const SearchReturn&) const = default;
};

struct SortKey {
    enum class By : std::uint8_t {
        arrival,
        cc,
        date,
        from,
        size,
        subject,
        to,
        display_from,
        display_to
    };
    By by = By::arrival;
    bool reverse = false;
    bool operator==(const SortKey&) const = default;
};

/// QRESYNC's parameter of SELECT (RFC 7162, section 3.2.5).
struct Resync {
    std::uint32_t uid_validity = 0;
    std::uint64_t mod_seq = 0;
    std::optional<SequenceSet> known_uids;
    /// Sequence numbers and the uids they had.
    std::optional<std::pair<SequenceSet, SequenceSet>> matches;
    bool operator==(const Resync&) const = default;
};

// Without arguments.
struct Capability {
    bool operator==(const Capability&) const = default;
};
struct Noop {
    bool operator==(const Noop&) const = default;
};
struct Logout {
    bool operator==(const Logout&) const = default;
};
struct StartTls {
    bool operator==(const StartTls&) const = default;
};
struct NamespaceCommand {
    bool operator==(const NamespaceCommand&) const = default;
};
struct Idle {
    bool operator==(const Idle&) const = default;
};
struct Check {
    bool operator==(const Check&) const = default;
};
struct Close {
    bool operator==(const Close&) const = default;
};
struct Unselect {
    bool operator==(const Unselect&) const = default;
};

struct Login {
    std::string user, password;
    bool operator==(const Login&) const = default;
};
struct Authenticate {
    std::string mechanism;               ///< upper case
    std::optional<std::string> initial;  ///< base64 as it came; "=" is the empty response
    bool operator==(const Authenticate&) const = default;
};
struct Id {
    /// Field and value pairs; nothing: NIL.
    std::optional<std::vector<std::pair<std::string, std::optional<std::string>>>> fields;
    bool operator==(const Id&) const = default;
};
struct Enable {
    std::vector<std::string> capabilities;  ///< upper case
    bool operator==(const Enable&) const = default;
};

struct Select {
    std::string mailbox;
    bool examine = false;
    bool condstore = false;
    std::optional<Resync> resync;
    bool operator==(const Select&) const = default;
};
struct Create {
    std::string mailbox;
    std::vector<std::string> special_uses;  ///< RFC 6154: "\Sent"
    bool operator==(const Create&) const = default;
};
struct Delete {
    std::string mailbox;
    bool operator==(const Delete&) const = default;
};
struct Rename {
    std::string from, to;
    bool operator==(const Rename&) const = default;
};
struct Subscribe {
    std::string mailbox;
    bool on = true;  ///< false: UNSUBSCRIBE
    bool operator==(const Subscribe&) const = default;
};
struct List {
    bool lsub = false;
    bool subscribed = false, remote = false, recursive_match = false, special_use = false;
    std::string reference;
    std::vector<std::string> patterns;
    bool many = false;  ///< the patterns stand in a parenthesis (RFC 5258)
    bool return_subscribed = false, return_children = false, return_special_use = false;
    std::optional<std::vector<StatusItem>> return_status;
    bool operator==(const List&) const = default;
};
struct Status {
    std::string mailbox;
    std::vector<StatusItem> items;
    bool operator==(const Status&) const = default;
};
/// A message or a part of one on this server, named by a relative IMAP URL (RFC 5092, section 7;
/// PARTIAL: RFC 5550): "/Sent;UIDVALIDITY=3/;UID=20/;SECTION=1.2", or ";UID=20" of the selected
/// mailbox.
struct MessageUrl {
    std::string mailbox;  ///< UTF-8; empty: the selected one
    std::optional<std::uint32_t> uid_validity;
    std::uint32_t uid = 0;
    Section section;
    std::optional<Partial> partial;  ///< a length of 2^32-1 stands for the rest
    bool operator==(const MessageUrl&) const = default;
};
/// Nothing if it is none, or one of another server.
std::optional<MessageUrl> parse_message_url(std::string_view url);

/// A piece of a message that CATENATE (RFC 4469) puts together.
struct CatenatePart {
    bool url = false;
    std::string text;     ///< the octets, or the URL
    bool binary = false;  ///< literal8
    bool operator==(const CatenatePart&) const = default;
};
struct AppendMessage {
    std::vector<std::string> flags;
    std::optional<std::int64_t> unix_seconds;  ///< of the date-time
    std::int32_t utc_offset_minutes = 0;
    std::string text;
    bool binary = false;              ///< literal8 (RFC 3516)
    std::vector<CatenatePart> parts;  ///< CATENATE's; then `text` is empty
    bool operator==(const AppendMessage&) const = default;
};
struct Append {
    std::string mailbox;
    std::vector<AppendMessage> messages;  ///< more than one: RFC 3502
    bool operator==(const Append&) const = default;
};

struct Expunge {
    std::optional<SequenceSet> uids;  ///< UID EXPUNGE (RFC 4315)
    bool operator==(const Expunge&) const = default;
};
struct Search {
    bool uid = false;
    std::optional<SearchReturn> returns;
    std::string charset;  ///< upper case; empty: none given
    SearchKey key;
    bool operator==(const Search&) const = default;
};
struct Sort {
    bool uid = false;
    std::optional<SearchReturn> returns;  ///< RFC 5267: ESORT
    std::vector<SortKey> order;
    std::string charset;
    SearchKey key;
    bool operator==(const Sort&) const = default;
};
/// RFC 5267, section 4.3.5.
struct CancelUpdate {
    std::vector<std::string> tags;
    bool operator==(const CancelUpdate&) const = default;
};
struct Thread {
    bool uid = false;
    std::string algorithm;  ///< upper case
    std::string charset;
    SearchKey key;
    bool operator==(const Thread&) const = default;
};
struct Fetch {
    bool uid = false;
    SequenceSet set;
    std::vector<FetchItem> items;
    std::optional<std::uint64_t> changed_since;
    bool vanished = false;
    bool operator==(const Fetch&) const = default;
};
struct Store {
    enum class Action : std::uint8_t { replace, add, remove };
    bool uid = false;
    SequenceSet set;
    std::optional<std::uint64_t> unchanged_since;
    Action action = Action::replace;
    bool silent = false;
    std::vector<std::string> flags;
    bool operator==(const Store&) const = default;
};
struct Copy {
    bool uid = false;
    bool move = false;
    SequenceSet set;
    std::string mailbox;
    bool operator==(const Copy&) const = default;
};
/// What may happen on a server (RFC 5465, section 5).
enum class NotifyEvent : std::uint8_t {
    message_new,
    message_expunge,
    flag_change,
    annotation_change,
    mailbox_name,
    subscription_change,
    mailbox_metadata_change,
    server_metadata_change,
    unknown,  ///< an event of another extension
};
inline constexpr std::size_t notify_event_count = 9;
std::string_view name(NotifyEvent event);  ///< "MessageNew"

/// Of which mailboxes a client wants to know what (RFC 5465, section 8: event-group).
struct NotifyGroup {
    enum class Mailboxes : std::uint8_t {
        selected,
        selected_delayed,
        inboxes,
        personal,
        subscribed,
        subtree,    // `names` and all below them
        mailboxes,  // `names`
    };
    Mailboxes mailboxes = Mailboxes::selected;
    std::vector<std::string> names{};
    std::vector<NotifyEvent> events{};   ///< empty: NONE
    std::vector<FetchItem> new_items{};  ///< of MessageNew, in the selected mailbox
    bool operator==(const NotifyGroup&) const = default;

    [[nodiscard]] bool of_selected() const {
        return mailboxes == Mailboxes::selected || mailboxes == Mailboxes::selected_delayed;
    }
    [[nodiscard]] bool wants(NotifyEvent event) const {
        return std::find(events.begin(), events.end(), event) != events.end();
    }
};
struct Notify {
    bool status = false;              ///< the state of these mailboxes is told at once
    std::vector<NotifyGroup> groups;  ///< empty: NOTIFY NONE
    bool operator==(const Notify&) const = default;
};
struct GetQuota {
    bool of_mailbox = false;  ///< GETQUOTAROOT
    std::string name;
    bool operator==(const GetQuota&) const = default;
};
struct Acl {
    enum class What : std::uint8_t { my_rights, get_acl, list_rights };
    What what = What::my_rights;
    std::string mailbox;
    std::string identifier;  ///< LISTRIGHTS
    bool operator==(const Acl&) const = default;
};

using Command = std::variant<Noop, Capability, Logout, StartTls, NamespaceCommand, Idle, Check,
                             Close, Unselect, Login, Authenticate, Id, Enable, Select, Create,
                             Delete, Rename, Subscribe, List, Status, Append, Expunge, Search, Sort,
                             CancelUpdate, Thread, Fetch, Store, Copy, GetQuota, Acl, Notify>;

enum class Problem : std::uint8_t {
    none,
    invalid_tag,           ///< no tag, or one with characters that no tag has
    invalid_command_name,  ///< a tag and nothing behind it that could be a name
    unknown_command,
    bad_arguments,  ///< `detail` says what is wrong
    not_there_yet,  ///< `detail` says what (capabilities.hpp)
};

struct ParsedCommand {
    std::string tag;   ///< empty if there is none that could be repeated to the client
    std::string name;  ///< upper case: "UID FETCH"; of an unknown command too
    Problem problem = Problem::none;
    std::string detail;  ///< Dovecot's words where they are known: "Invalid messageset"
    Command command;
};

/// Reads a command without its last line end. Literals stand in it as they came: "{5}", CRLF, five
/// bytes. Never fails otherwise than by `problem`.
ParsedCommand parse_command(std::string_view text);

/// The command as a client sends it, without the last line end. Strings that cannot be quoted are
/// literals "{n}" CRLF and bytes; with `non_synchronizing`, "{n+}".
std::string print_command(std::string_view tag, const Command& command,
                          bool non_synchronizing = false);

/// "FETCH", "UID FETCH", "EXAMINE": as it is said, upper case. Static text.
std::string_view name(const Command& command);

/// "1.2.HEADER": what stands between the brackets of BODY[…]. Nothing if it is none.
std::optional<Section> parse_section(std::string_view text);

/// The section and partial as FETCH's answer repeats them: "[1.2.HEADER]<0>" ("<0.10>" if
/// `with_length`, as a command has it).
std::string print_section(const Section& section);

/// A day as IMAP writes it: "1-Feb-1994"; nothing if it is none (RFC 9051: date).
std::optional<std::int32_t> parse_date(std::string_view text);
std::string print_date(std::int32_t day);
/// "17-Jul-1996 02:44:25 -0700" (RFC 9051: date-time), the day with a blank in front below ten.
std::string print_date_time(std::int64_t unix_seconds, std::int32_t utc_offset_minutes);
struct DateTime {
    std::int64_t unix_seconds = 0;
    std::int32_t utc_offset_minutes = 0;
};
std::optional<DateTime> parse_date_time(std::string_view text);

}  // namespace postack::mail::imap
