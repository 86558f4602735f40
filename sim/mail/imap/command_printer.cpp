// Writes commands as a client sends them.
#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/strings.hpp"
#include "sim/mail/imap/words.hpp"

namespace postack::mail::imap {
namespace {

using Kind = SearchKey::Kind;

// Appends the arguments of a command, each with the blank before it.
class Printer {
   public:
    Printer(std::string& out, bool non_synchronizing) : out_(out), plus_(non_synchronizing) {}

    void operator()(const Noop&) {}
    void operator()(const Capability&) {}
    void operator()(const Logout&) {}
    void operator()(const StartTls&) {}
    void operator()(const NamespaceCommand&) {}
    void operator()(const Idle&) {}
    void operator()(const Check&) {}
    void operator()(const Close&) {}
    void operator()(const Unselect&) {}
    void operator()(const Login& c) {
        astring(c.user);
        astring(c.password);
    }
    void operator()(const Authenticate& c) {
        word(c.mechanism);
        if (c.initial) word(*c.initial);
    }
    void operator()(const Id& c) {
        if (!c.fields) {
            word("NIL");
            return;
        }
        out_ += " (";
        bool first = true;
        for (const auto& [field, value] : *c.fields) {
            if (!first) out_ += ' ';
            first = false;
            append_string(out_, field, plus_);
            out_ += ' ';
            if (value) {
                append_string(out_, *value, plus_);
            } else {
                out_ += "NIL";
            }
        }
        out_ += ')';
    }
    void operator()(const Enable& c) {
        for (const std::string& capability : c.capabilities)
            word(capability);
    }
    void operator()(const Select& c) {
        astring(c.mailbox);
        if (!c.condstore && !c.resync) return;
        out_ += " (";
        if (c.condstore) out_ += "CONDSTORE";
        if (c.resync) {
            if (c.condstore) out_ += ' ';
            out_ += "QRESYNC (" + std::to_string(c.resync->uid_validity) + ' ' +
                    std::to_string(c.resync->mod_seq);
            if (c.resync->known_uids) word(print_sequence_set(*c.resync->known_uids));
            if (c.resync->matches) {
                out_ += " (" + print_sequence_set(c.resync->matches->first) + ' ' +
                        print_sequence_set(c.resync->matches->second) + ')';
            }
            out_ += ')';
        }
        out_ += ')';
    }
    void operator()(const Create& c) {
        astring(c.mailbox);
        if (c.special_uses.empty()) return;
        out_ += " (USE ";
        words(c.special_uses);
        out_ += ')';
    }
    void operator()(const Delete& c) { astring(c.mailbox); }
    void operator()(const Rename& c) {
        astring(c.from);
        astring(c.to);
    }
    void operator()(const Subscribe& c) { astring(c.mailbox); }
    void operator()(const List& c) {
        std::vector<std::string> options;
        if (c.subscribed) options.emplace_back("SUBSCRIBED");
        if (c.remote) options.emplace_back("REMOTE");
        if (c.recursive_match) options.emplace_back("RECURSIVEMATCH");
        if (c.special_use) options.emplace_back("SPECIAL-USE");
        if (!options.empty()) {
            out_ += ' ';
            words(options);
        }
        astring(c.reference);
        out_ += ' ';
        if (c.many) out_ += '(';
        for (std::size_t i = 0; i < c.patterns.size(); ++i) {
            if (i > 0) out_ += ' ';
            append_string(out_, c.patterns[i], plus_);
        }
        if (c.many) out_ += ')';
        if (!c.return_subscribed && !c.return_children && !c.return_special_use &&
            !c.return_status) {
            return;
        }
        std::vector<std::string> returns;
        if (c.return_subscribed) returns.emplace_back("SUBSCRIBED");
        if (c.return_children) returns.emplace_back("CHILDREN");
        if (c.return_special_use) returns.emplace_back("SPECIAL-USE");
        if (c.return_status) {
            std::string status = "STATUS (";
            for (const StatusItem item : *c.return_status) {
                if (!status.ends_with('(')) status += ' ';
                status += name(item);
            }
            returns.push_back(status + ')');
        }
        out_ += " RETURN ";
        words(returns);
    }
    void operator()(const Status& c) {
        astring(c.mailbox);
        out_ += ' ';
        std::vector<std::string> items;
        for (const StatusItem item : c.items)
            items.emplace_back(name(item));
        words(items);
    }
    void operator()(const Append& c) {
        astring(c.mailbox);
        for (const AppendMessage& m : c.messages) {
            if (!m.flags.empty()) {
                out_ += ' ';
                words(m.flags);
            }
            if (m.unix_seconds) {
                out_ += " \"" + print_date_time(*m.unix_seconds, m.utc_offset_minutes) + '"';
            }
            out_ += ' ';
            if (m.parts.empty()) {
                if (m.binary) out_ += '~';
                append_literal(out_, m.text, plus_);
                continue;
            }
            out_ += "CATENATE (";
            for (std::size_t i = 0; i < m.parts.size(); ++i) {
                const CatenatePart& part = m.parts[i];
                if (i > 0) out_ += ' ';
                if (part.url) {
                    out_ += "URL";
                    astring(part.text);
                    continue;
                }
                out_ += part.binary ? "TEXT ~" : "TEXT ";
                append_literal(out_, part.text, plus_);
            }
            out_ += ')';
        }
    }
    void operator()(const Expunge& c) {
        if (c.uids) word(print_sequence_set(*c.uids));
    }
    void operator()(const Search& c) {
        returns(c.returns);
        if (!c.charset.empty()) {
            out_ += " CHARSET";
            astring(c.charset);
        }
        program(c.key);
    }
    void operator()(const Sort& c) {
        returns(c.returns);
        out_ += " (";
        bool first = true;
        for (const SortKey& key : c.order) {
            if (!first) out_ += ' ';
            first = false;
            if (key.reverse) out_ += "REVERSE ";
            out_ += name(key.by);
        }
        out_ += ')';
        astring(c.charset);
        program(c.key);
    }
    void operator()(const CancelUpdate& c) {
        for (const std::string& tag : c.tags) {
            out_ += ' ';
            append_string(out_, tag, plus_);
        }
    }
    void operator()(const Thread& c) {
        word(c.algorithm);
        astring(c.charset);
        program(c.key);
    }
    void operator()(const Fetch& c) {
        word(print_sequence_set(c.set));
        out_ += ' ';
        fetch_items(c.items);
        if (!c.changed_since) return;
        out_ += " (CHANGEDSINCE " + std::to_string(*c.changed_since);
        out_ += c.vanished ? " VANISHED)" : ")";
    }
    void operator()(const Store& c) {
        word(print_sequence_set(c.set));
        if (c.unchanged_since) {
            out_ += " (UNCHANGEDSINCE " + std::to_string(*c.unchanged_since) + ')';
        }
        out_ += ' ';
        if (c.action == Store::Action::add) out_ += '+';
        if (c.action == Store::Action::remove) out_ += '-';
        out_ += c.silent ? "FLAGS.SILENT " : "FLAGS ";
        words(c.flags);
    }
    void operator()(const Copy& c) {
        word(print_sequence_set(c.set));
        astring(c.mailbox);
    }
    void operator()(const GetQuota& c) { astring(c.name); }
    void operator()(const Acl& c) {
        astring(c.mailbox);
        if (c.what == Acl::What::list_rights) astring(c.identifier);
    }

    void operator()(const Notify& c) {
        word(c.groups.empty() ? "NONE" : c.status ? "SET STATUS" : "SET");
        for (const NotifyGroup& group : c.groups) {
            out_ += " (";
            out_ += name(group.mailboxes);
            if (!group.names.empty()) out_ += " (";
            for (std::size_t i = 0; i < group.names.size(); ++i) {
                if (i > 0) out_ += ' ';
                append_astring(out_, group.names[i], plus_);
            }
            out_ += group.names.empty() ? " " : ") ";
            notify_events(group);
            out_ += ')';
        }
    }

   private:
    void notify_events(const NotifyGroup& group) {
        if (group.events.empty()) {
            out_ += "NONE";
            return;
        }
        bool items_due = !group.new_items.empty();
        for (std::size_t i = 0; i < group.events.size(); ++i) {
            out_ += i == 0 ? '(' : ' ';
            out_ += name(group.events[i]);
            if (group.events[i] != NotifyEvent::message_new || !items_due) continue;
            items_due = false;
            out_ += ' ';
            fetch_items(group.new_items);
        }
        out_ += ')';
    }
    void word(std::string_view text) {
        out_ += ' ';
        out_ += text;
    }
    void astring(std::string_view text) {
        out_ += ' ';
        append_astring(out_, text, plus_);
    }
    // "(a b c)"
    void words(const std::vector<std::string>& list) {
        out_ += '(';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0) out_ += ' ';
            out_ += list[i];
        }
        out_ += ')';
    }
    void returns(const std::optional<SearchReturn>& r) {
        if (!r) return;
        std::vector<std::string> options;
        if (r->min) options.emplace_back("MIN");
        if (r->max) options.emplace_back("MAX");
        if (r->all) options.emplace_back("ALL");
        if (r->count) options.emplace_back("COUNT");
        if (r->save) options.emplace_back("SAVE");
        if (r->context) options.emplace_back("CONTEXT");
        if (r->partial) {
            options.push_back("PARTIAL " + std::to_string(r->partial->first) + ':' +
                              std::to_string(r->partial->second));
        }
        if (r->update) options.emplace_back("UPDATE");
        out_ += " RETURN ";
        words(options);
        if (r->update_items.empty()) return;
        out_.back() = ' ';  // UPDATE is the last one: its items stand behind it.
        fetch_items(r->update_items);
        out_ += ')';
    }
    void program(const SearchKey& all) {
        for (const SearchKey& key : all.keys) {
            out_ += ' ';
            search_key(key);
        }
    }
    void search_key(const SearchKey& key) {
        if (key.kind == Kind::all_of) {
            out_ += '(';
            for (std::size_t i = 0; i < key.keys.size(); ++i) {
                if (i > 0) out_ += ' ';
                search_key(key.keys[i]);
            }
            out_ += ')';
            return;
        }
        if (key.kind == Kind::sequence) {
            out_ += print_sequence_set(key.set);
            return;
        }
        const SearchWord& known = search_word(key.kind);
        out_ += known.name;
        switch (known.argument) {
            case SearchArgument::none: break;
            case SearchArgument::header:
                astring(key.field);
                astring(key.text);
                break;
            case SearchArgument::text: astring(key.text); break;
            case SearchArgument::keyword: word(key.text); break;
            case SearchArgument::date: word(print_date(key.day)); break;
            case SearchArgument::number:
            case SearchArgument::mod_seq: word(std::to_string(key.number)); break;
            case SearchArgument::set: word(print_sequence_set(key.set)); break;
            case SearchArgument::one_key:
            case SearchArgument::two_keys:
                for (const SearchKey& below : key.keys) {
                    out_ += ' ';
                    search_key(below);
                }
                break;
        }
    }
    void fetch_items(const std::vector<FetchItem>& items) {
        out_ += '(';
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) out_ += ' ';
            fetch_item(items[i]);
        }
        out_ += ')';
    }
    void fetch_item(const FetchItem& item) {
        using Item = FetchItem::Kind;
        out_ += name(item.kind);
        if (item.kind == Item::body_section || item.kind == Item::binary ||
            item.kind == Item::binary_size) {
            if (item.peek) out_ += ".PEEK";
            out_ += print_section(item.section);
            if (item.partial) {
                out_ += '<' + std::to_string(item.partial->offset) + '.' +
                        std::to_string(item.partial->length) + '>';
            }
        }
        if (item.kind == Item::preview && item.lazy) out_ += " (LAZY)";
    }

    std::string& out_;
    bool plus_;
};

struct Namer {
    std::string_view operator()(const Noop&) const { return "NOOP"; }
    std::string_view operator()(const Capability&) const { return "CAPABILITY"; }
    std::string_view operator()(const Logout&) const { return "LOGOUT"; }
    std::string_view operator()(const StartTls&) const { return "STARTTLS"; }
    std::string_view operator()(const NamespaceCommand&) const { return "NAMESPACE"; }
    std::string_view operator()(const Idle&) const { return "IDLE"; }
    std::string_view operator()(const Check&) const { return "CHECK"; }
    std::string_view operator()(const Close&) const { return "CLOSE"; }
    std::string_view operator()(const Unselect&) const { return "UNSELECT"; }
    std::string_view operator()(const Login&) const { return "LOGIN"; }
    std::string_view operator()(const Authenticate&) const { return "AUTHENTICATE"; }
    std::string_view operator()(const Id&) const { return "ID"; }
    std::string_view operator()(const Enable&) const { return "ENABLE"; }
    std::string_view operator()(const Select& c) const { return c.examine ? "EXAMINE" : "SELECT"; }
    std::string_view operator()(const Create&) const { return "CREATE"; }
    std::string_view operator()(const Delete&) const { return "DELETE"; }
    std::string_view operator()(const Rename&) const { return "RENAME"; }
    std::string_view operator()(const Subscribe& c) const {
        return c.on ? "SUBSCRIBE" : "UNSUBSCRIBE";
    }
    std::string_view operator()(const List& c) const { return c.lsub ? "LSUB" : "LIST"; }
    std::string_view operator()(const Status&) const { return "STATUS"; }
    std::string_view operator()(const Append&) const { return "APPEND"; }
    std::string_view operator()(const Expunge& c) const {
        return c.uids ? "UID EXPUNGE" : "EXPUNGE";
    }
    std::string_view operator()(const Search& c) const { return c.uid ? "UID SEARCH" : "SEARCH"; }
    std::string_view operator()(const Sort& c) const { return c.uid ? "UID SORT" : "SORT"; }
    std::string_view operator()(const CancelUpdate&) const { return "CANCELUPDATE"; }
    std::string_view operator()(const Thread& c) const { return c.uid ? "UID THREAD" : "THREAD"; }
    std::string_view operator()(const Fetch& c) const { return c.uid ? "UID FETCH" : "FETCH"; }
    std::string_view operator()(const Store& c) const { return c.uid ? "UID STORE" : "STORE"; }
    std::string_view operator()(const Copy& c) const {
        if (c.move) return c.uid ? "UID MOVE" : "MOVE";
        return c.uid ? "UID COPY" : "COPY";
    }
    std::string_view operator()(const GetQuota& c) const {
        return c.of_mailbox ? "GETQUOTAROOT" : "GETQUOTA";
    }
    std::string_view operator()(const Notify&) const { return "NOTIFY"; }
    std::string_view operator()(const Acl& c) const {
        switch (c.what) {
            case Acl::What::my_rights: return "MYRIGHTS";
            case Acl::What::get_acl: return "GETACL";
            case Acl::What::list_rights: break;
        }
        return "LISTRIGHTS";
    }
};

}  // namespace

std::string_view name(const Command& command) {
    return std::visit(Namer{}, command);
}

std::string print_section(const Section& section) {
    std::string text = "[";
    for (const std::uint32_t part : section.part) {
        if (text.size() > 1) text += '.';
        text += std::to_string(part);
    }
    using Text = Section::Text;
    if (section.text != Text::whole && !section.part.empty()) text += '.';
    switch (section.text) {
        case Text::whole: break;
        case Text::header: text += "HEADER"; break;
        case Text::header_fields: text += "HEADER.FIELDS"; break;
        case Text::header_fields_not: text += "HEADER.FIELDS.NOT"; break;
        case Text::text: text += "TEXT"; break;
        case Text::mime: text += "MIME"; break;
    }
    if (section.text == Text::header_fields || section.text == Text::header_fields_not) {
        text += " (";
        for (std::size_t i = 0; i < section.fields.size(); ++i) {
            if (i > 0) text += ' ';
            append_astring(text, section.fields[i]);
        }
        text += ')';
    }
    return text += ']';
}

std::string print_command(std::string_view tag, const Command& command, bool non_synchronizing) {
    std::string out{tag};
    out += ' ';
    out += name(command);
    std::visit(Printer{out, non_synchronizing}, command);
    return out;
}

}  // namespace postack::mail::imap
