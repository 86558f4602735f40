// FETCH (RFC 9051, sections 6.4.5 and 7.5.2). A long answer goes out in several writes: a job that
// goes from message to message, so that its memory is that of one message and one write.
#include <algorithm>

#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/section_content.hpp"
#include "sim/mail/imap/strings.hpp"
#include "sim/mail/imap/structure.hpp"
#include "sim/mail/imap/words.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {
namespace {

using Item = FetchItem::Kind;

bool reads_text(Item kind) {
    switch (kind) {
        case Item::flags:
        case Item::uid:
        case Item::internal_date:
        case Item::size:
        case Item::mod_seq:
        case Item::save_date: return false;
        default: return true;
    }
}

// BODY[…] without PEEK, RFC822 and RFC822.TEXT make the message \Seen.
bool sets_seen(const FetchItem& item) {
    switch (item.kind) {
        case Item::body_section:
        case Item::binary: return !item.peek;
        case Item::rfc822:
        case Item::rfc822_text: return true;
        default: return false;
    }
}

// One message that is being told.
class MessageFetch {
   public:
    MessageFetch(std::string& out, std::string_view text) : out_(out), text_(text) {}

    // False: an encoding that is not known (RFC 3516).
    bool item(const FetchItem& item) {
        switch (item.kind) {
            case Item::envelope:
                out_ += "ENVELOPE ";
                append_envelope(out_, text_.substr(0, mime::header_size(text_)));
                return true;
            case Item::body:
            case Item::body_structure:
                out_ += name(item.kind);
                out_ += ' ';
                append_structure(out_, root(), item.kind == Item::body_structure);
                return true;
            case Item::rfc822:
                out_ += "RFC822 ";
                append_literal(out_, text_);
                return true;
            case Item::rfc822_header:
                out_ += "RFC822.HEADER ";
                append_literal(out_, text_.substr(0, mime::header_size(text_)));
                return true;
            case Item::rfc822_text:
                out_ += "RFC822.TEXT ";
                append_literal(out_, text_.substr(mime::header_size(text_)));
                return true;
            case Item::body_section: section(item); return true;
            case Item::binary:
            case Item::binary_size: return binary(item);
            case Item::preview: preview(); return true;
            default: return true;
        }
    }

   private:
    const mime::Part& root() {
        if (!root_) root_ = mime::parse_message(text_);
        return *root_;
    }

    void tell(const FetchItem& item) {
        out_ += name(item.kind);
        out_ += print_section(item.section);
        if (item.partial) out_ += '<' + std::to_string(item.partial->offset) + '>';
        out_ += ' ';
    }

    void section(const FetchItem& item) {
        tell(item);
        // The common case, the whole message, is not copied twice.
        if (item.section == Section{}) {
            append_literal(out_, clip(text_, item.partial));
            return;
        }
        const auto found = section_content(text_, item.section, root_);
        if (found) {
            append_literal(out_, clip(*found, item.partial));
        } else {
            out_ += "NIL";
        }
    }

    bool binary(const FetchItem& item) {
        const mime::Part* part =
            item.section.part.empty() ? nullptr : mime::find_part(root(), item.section.part);
        std::optional<std::string> bytes;
        if (item.section.part.empty()) {
            bytes = std::string{text_};
        } else if (part != nullptr) {
            bytes = mime::decode_body(*part);
            if (!bytes) return false;
        }
        tell(item);
        if (item.kind == Item::binary_size) {
            out_ += std::to_string(bytes ? bytes->size() : 0);
        } else if (bytes) {
            const std::string_view part_of_it = clip(*bytes, item.partial);
            // literal8 (RFC 3516): only it may hold a NUL.
            if (part_of_it.find('\0') != std::string_view::npos) out_ += '~';
            append_literal(out_, part_of_it);
        } else {
            out_ += "NIL";
        }
        return true;
    }

    // RFC 8970: at most 200 characters of the first text.
    void preview() {
        constexpr std::size_t longest = 200;
        out_ += "PREVIEW ";
        const mime::Part* part = &root();
        while (part->multipart() && !part->parts.empty())
            part = &part->parts.front();
        std::string preview;
        if (part->is_text() && part->subtype.size() == 5) {  // plain; HTML is told as nothing
            const auto bytes = mime::decode_body(*part);
            const auto charset = part->parameter("charset");
            const auto text =
                bytes ? mime::to_utf8(*bytes, charset.value_or("utf-8")) : std::nullopt;
            std::size_t characters = 0;
            for (const char c : text.value_or("")) {
                const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
                if (!continues && ++characters > longest) break;
                const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
                if (!blank) {
                    preview += c;
                } else if (!preview.empty() && preview.back() != ' ') {
                    preview += ' ';
                }
            }
            while (preview.ends_with(' '))
                preview.pop_back();
        }
        append_string(out_, preview);
    }

    std::string& out_;
    std::string_view text_;
    std::optional<mime::Part> root_;
};

class FetchJob final : public Job {
   public:
    FetchJob(Fetch command, std::vector<store::Uid> uids, bool may_set_seen = true)
        : command_(std::move(command)), uids_(std::move(uids)) {
        for (const FetchItem& item : command_.items) {
            reads_text_ = reads_text_ || reads_text(item.kind);
            sets_seen_ = sets_seen_ || (may_set_seen && sets_seen(item));
            tells_flags_ = tells_flags_ || item.kind == Item::flags;
        }
    }

    std::optional<Outcome> step(CommandContext& context) override {
        SelectedMailbox& selected = context.selected();
        selected.before_own_changes();
        while (next_ < uids_.size() && context.out.size() < max_answer)
            tell(context, uids_[next_++]);
        selected.told_own_changes();
        if (next_ < uids_.size()) return std::nullopt;
        Outcome outcome = reply(Situation::fetch);
        if (gone_) outcome = reply(Situation::fetch_gone);
        if (unknown_encoding_) outcome = reply(Situation::unknown_encoding);
        outcome.values["command"] = command_.uid ? "UID FETCH" : "FETCH";
        outcome.may_expunge = command_.uid;
        return outcome;
    }

    void tell(CommandContext& context, store::Uid uid) {
        SelectedMailbox& selected = context.selected();
        const store::Message* message = selected.find(uid);
        if (message == nullptr) {
            gone_ = true;
            return;
        }
        if (command_.changed_since && message->modseq <= *command_.changed_since) return;
        store::Text text;
        if (reads_text_) {
            const auto read = context.store().text(selected.path(), uid);
            if (!read) {
                gone_ = true;
                return;
            }
            text = *read;
        }
        bool flags_changed = false;
        if (sets_seen_ && !selected.read_only() && !message->flags.seen) {
            store::Flags flags = message->flags;
            flags.seen = true;
            flags_changed = context.store().set_flags(selected.path(), uid, std::move(flags)).ok();
            message = selected.find(uid);
        }
        std::string& out = context.out;
        const std::size_t begin = out.size();
        out += "* " + std::to_string(selected.sequence_of(uid)) + " FETCH (";
        const std::size_t first = out.size();
        const auto blank = [&] {
            if (out.size() > first) out += ' ';
        };
        const bool uid_told = std::any_of(command_.items.begin(), command_.items.end(),
                                          [](const auto& i) { return i.kind == Item::uid; });
        if (command_.uid && !uid_told) out += "UID " + std::to_string(uid);
        MessageFetch fetch{out, text ? std::string_view{*text} : std::string_view{}};
        bool modseq_told = false;
        for (const FetchItem& item : command_.items) {
            blank();
            switch (item.kind) {
                case Item::flags: tell_flags(context, *message); break;
                case Item::uid: out += "UID " + std::to_string(uid); break;
                case Item::internal_date:
                    out += "INTERNALDATE \"" +
                           print_date_time(seconds(message->unix_ns), message->utc_offset_minutes) +
                           '"';
                    break;
                case Item::size: out += "RFC822.SIZE " + std::to_string(message->size); break;
                case Item::mod_seq:
                    out += "MODSEQ (" + std::to_string(message->modseq) + ')';
                    modseq_told = true;
                    break;
                case Item::save_date:
                    out += "SAVEDATE \"" +
                           print_date_time(seconds(message->saved_unix_ns),
                                           context.room.clock().utc_offset_minutes) +
                           '"';
                    break;
                default:
                    if (!fetch.item(item)) unknown_encoding_ = true;
                    break;
            }
            if (out.ends_with(' ')) out.pop_back();
        }
        // RFC 9051, section 6.4.5: the change of \Seen is part of the answer.
        if (flags_changed && !tells_flags_) {
            blank();
            tell_flags(context, *message);
        }
        if (!modseq_told &&
            (command_.changed_since || (flags_changed && context.conversation.condstore))) {
            blank();
            out += "MODSEQ (" + std::to_string(message->modseq) + ')';
        }
        if (out.size() == first) {  // Nothing could be told of it.
            out.resize(begin);
            return;
        }
        out += ")\r\n";
    }

   private:
    static std::int64_t seconds(std::int64_t unix_ns) {
        return unix_ns / 1'000'000'000 - (unix_ns % 1'000'000'000 < 0 ? 1 : 0);
    }

    static void tell_flags(CommandContext& context, const store::Message& message) {
        context.out +=
            "FLAGS " + print_flags(message.flags, !context.conversation.rev2 &&
                                                      context.selected().recent(message.uid));
    }

    Fetch command_;
    std::vector<store::Uid> uids_;
    std::size_t next_ = 0;
    bool reads_text_ = false, sets_seen_ = false, tells_flags_ = false;
    bool gone_ = false, unknown_encoding_ = false;
};

}  // namespace

void tell_items(CommandContext& context, store::Uid uid, const std::vector<FetchItem>& items) {
    Fetch command;
    command.uid = true;
    command.items = items;
    FetchJob{std::move(command), {}, false}.tell(context, uid);
}

Outcome handle(CommandContext& context, const Fetch& command) {
    SelectedMailbox& selected = context.selected();
    if (command.changed_since ||
        std::any_of(command.items.begin(), command.items.end(),
                    [](const auto& i) { return i.kind == Item::mod_seq; })) {
        use_condstore(context);
    }
    if (command.vanished && !context.conversation.qresync) {
        return reply(Situation::bad_arguments, {{"problem", "VANISHED used without QRESYNC"}});
    }
    auto uids = selected.resolve(command.set, command.uid);
    if (!uids) return reply(Situation::bad_message_set);
    if (command.vanished) {  // RFC 7162, section 3.2.6
        std::vector<store::Uid> gone;
        for (const store::UidRange& range :
             context.store().vanished(selected.path(), *command.changed_since)) {
            for (store::Uid uid = range.first;; ++uid) {
                if (command.set.contains(uid, selected.last_uid())) gone.push_back(uid);
                if (uid == range.last) break;
            }
        }
        if (!gone.empty()) context.out += "* VANISHED (EARLIER) " + print_numbers(gone) + "\r\n";
    }
    Outcome outcome;
    outcome.job = std::make_unique<FetchJob>(command, std::move(*uids));
    return outcome;
}

}  // namespace postack::mail::imap
