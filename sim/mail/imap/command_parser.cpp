// Reads commands. The wording of mistakes is Dovecot's where it is known (measured: capture
// imap-errors), since its personality prints it.
#include <algorithm>
#include <array>
#include <functional>

#include "sim/mail/imap/capabilities.hpp"
#include "sim/mail/imap/command.hpp"
#include "sim/mail/imap/limits.hpp"
#include "sim/mail/imap/scanner.hpp"
#include "sim/mail/imap/words.hpp"
#include "sim/mail/message/address.hpp"

namespace postack::mail::imap {
namespace {

using Kind = SearchKey::Kind;

// "(a b c)": calls `item` for each; at least one unless `may_be_empty`, else `empty` is wrong.
template <typename Item>
void list(Scanner& in, bool may_be_empty, Item item, std::string_view empty = "Invalid arguments") {
    if (!in.expect('(')) return;
    if (in.take(')')) {
        if (!may_be_empty) in.fail(std::string{empty});
        return;
    }
    for (std::size_t n = 0; !in.failed(); ++n) {
        if (n >= max_list) {
            in.fail("Too many arguments");
            return;
        }
        item();
        if (in.take(')')) return;
        in.space();
    }
}

SequenceSet set(Scanner& in) {
    const char c = in.peek();
    if (!in.at_end() && (c < '0' || c > '9') && c != '*' && c != '$') in.fail("Invalid messageset");
    const std::string_view text = in.set_text();
    if (in.failed()) return {};
    auto parsed = parse_sequence_set(text);
    if (!parsed) in.fail("Invalid messageset");
    return parsed.value_or(SequenceSet{});
}

std::string mailbox(Scanner& in) {
    std::string name = in.astring();
    if (name.size() > max_mailbox_name) in.fail("Mailbox name too long");
    return name;
}

std::string flag(Scanner& in) {
    std::string name = in.flag();
    if (in.failed()) return name;
    if (name.starts_with('\\')) {
        const auto known = system_flag(name);
        if (!known) in.fail("Invalid system flag " + message::upper_case(name));
        return std::string{known.value_or("")};
    }
    if (name.size() > max_keyword_length) in.fail("Keyword too long");
    return name;
}

// --- FETCH

Section section(Scanner& in, bool binary) {
    Section s;
    if (!in.expect('[')) return s;
    while (in.peek() >= '1' && in.peek() <= '9' && !in.failed()) {
        s.part.push_back(in.nz_number());
        if (s.part.size() > static_cast<std::size_t>(max_nesting))
            in.fail("Invalid BODY[..] section");
        if (!in.take('.')) {
            in.expect(']');
            return s;
        }
    }
    if (in.take(']')) {
        if (!s.part.empty()) in.fail("Invalid BODY[..] section");  // "[1.]"
        return s;
    }
    std::string word;
    if (!binary) word = in.item_name();
    if (word == "HEADER") {
        s.text = Section::Text::header;
    } else if (word == "TEXT") {
        s.text = Section::Text::text;
    } else if (word == "MIME" && !s.part.empty()) {
        s.text = Section::Text::mime;
    } else if (word == "HEADER.FIELDS" || word == "HEADER.FIELDS.NOT") {
        s.text = word == "HEADER.FIELDS" ? Section::Text::header_fields
                                         : Section::Text::header_fields_not;
        in.space();
        list(in, false, [&] { s.fields.push_back(in.astring()); });
    } else {
        in.fail("Invalid BODY[..] section");
    }
    if (in.at_end()) in.fail("Invalid BODY[..] parameter: Missing ']'");
    in.expect(']');
    return s;
}

std::optional<Partial> partial(Scanner& in) {
    if (!in.take('<')) return std::nullopt;
    Partial p;
    p.offset = in.number();
    in.expect('.');
    p.length = in.nz_number();
    in.expect('>');
    return p;
}

void fetch_item(Scanner& in, std::vector<FetchItem>& items) {
    using Item = FetchItem::Kind;
    const std::string word = in.item_name();
    if (in.failed()) return;
    FetchItem item;
    if (in.peek() == '[') {
        if (word == "BODY" || word == "BODY.PEEK") {
            item.kind = Item::body_section;
        } else if (word == "BINARY" || word == "BINARY.PEEK") {
            item.kind = Item::binary;
        } else if (word == "BINARY.SIZE") {
            item.kind = Item::binary_size;
        } else {
            in.fail("Unknown parameter: " + word);
            return;
        }
        item.peek = word.ends_with(".PEEK");
        item.section = section(in, item.kind != Item::body_section);
        if (item.kind != Item::binary_size) item.partial = partial(in);
        items.push_back(std::move(item));
        return;
    }
    const auto kind = fetch_item_kind(word);
    if (const auto what = not_there_yet("FETCH " + word); !kind && what) {
        in.lack(*what);
        return;
    }
    if (!kind) {
        in.fail("Unknown parameter: " + word);
        return;
    }
    item.kind = *kind;
    if (item.kind == Item::preview && in.rest().starts_with(" (")) {
        in.space();
        list(in, true, [&] {
            const std::string modifier = in.upper_atom();
            if (const auto what = not_there_yet("PREVIEW " + modifier)) in.lack(*what);
            if (modifier != "LAZY") in.fail("Unknown PREVIEW modifier");
            item.lazy = true;
        });
    }
    items.push_back(std::move(item));
}

std::vector<FetchItem> fetch_items(Scanner& in) {
    using Item = FetchItem::Kind;
    std::vector<FetchItem> items;
    if (in.peek() == '(') {
        list(
            in, false, [&] { fetch_item(in, items); }, "FETCH list is empty");
        return items;
    }
    // The macros of RFC 9051, section 6.4.5.
    const std::string macro = message::upper_case(in.rest().substr(0, in.rest().find(' ')));
    if (macro == "ALL" || macro == "FAST" || macro == "FULL") {
        in.atom();
        for (const Item kind : {Item::flags, Item::internal_date, Item::size})
            items.push_back({kind, false, false, {}, {}});
        if (macro != "FAST") items.push_back({Item::envelope, false, false, {}, {}});
        if (macro == "FULL") items.push_back({Item::body, false, false, {}, {}});
        return items;
    }
    fetch_item(in, items);
    return items;
}

Command fetch(Scanner& in, bool uid) {
    Fetch c;
    c.uid = uid;
    if (in.at_end()) in.fail("Invalid arguments");
    in.space();
    c.set = set(in);
    if (in.at_end()) in.fail("Invalid arguments");
    in.space();
    c.items = fetch_items(in);
    if (in.peek() == ' ') {
        in.space();
        list(in, false, [&] {
            const std::string word = in.upper_atom();
            if (word == "CHANGEDSINCE") {
                in.space();
                c.changed_since = in.number64();
            } else if (word == "VANISHED" && uid) {
                c.vanished = true;
            } else {
                in.fail("Unknown FETCH modifier");
            }
        });
        if (c.vanished && !c.changed_since) in.fail("VANISHED used without CHANGEDSINCE");
    }
    return c;
}

Command store(Scanner& in, bool uid) {
    Store c;
    c.uid = uid;
    in.space();
    c.set = set(in);
    in.space();
    if (in.peek() == '(') {
        list(in, false, [&] {
            if (in.upper_atom() != "UNCHANGEDSINCE") in.fail("Unknown STORE modifier");
            in.space();
            c.unchanged_since = in.number64();
        });
        in.space();
    }
    if (in.take('+')) {
        c.action = Store::Action::add;
    } else if (in.take('-')) {
        c.action = Store::Action::remove;
    }
    const std::string word = in.item_name();
    c.silent = word == "FLAGS.SILENT";
    if (!c.silent && word != "FLAGS") in.fail("Invalid arguments");
    in.space();
    if (in.peek() == '(') {
        list(in, true, [&] {
            if (in.peek() == '(' || in.peek() == '"') in.fail("Flags list contains non-atoms");
            c.flags.push_back(flag(in));
        });
    } else {
        do {
            c.flags.push_back(flag(in));
        } while (c.flags.size() < max_list && in.peek() == ' ' && in.space());
    }
    return c;
}

Command copy(Scanner& in, bool uid, bool move) {
    Copy c;
    c.uid = uid;
    c.move = move;
    in.space();
    c.set = set(in);
    in.space();
    c.mailbox = mailbox(in);
    return c;
}

// --- SEARCH, SORT, THREAD

SearchKey search_key(Scanner& in, int depth);

std::int32_t date(Scanner& in) {
    const std::string text = in.astring();
    if (in.failed()) return 0;
    const auto day = parse_date(text);
    if (!day) in.fail("Invalid search date parameter");
    return day.value_or(0);
}

SearchKey all_keys(Scanner& in, int depth, bool parenthesis) {
    SearchKey all;
    all.kind = Kind::all_of;
    while (!in.failed()) {
        all.keys.push_back(search_key(in, depth));
        if (all.keys.size() > max_list) in.fail("Too many search keys");
        if (parenthesis && in.take(')')) return all;
        if (!parenthesis && in.at_end()) return all;
        in.space();
    }
    return all;
}

SearchKey search_key(Scanner& in, int depth) {
    SearchKey key;
    if (depth > max_nesting) {
        in.fail("Too many parentheses");
        return key;
    }
    const char c = in.peek();
    if (c == '(') {
        in.take('(');
        if (in.peek() == ')') in.fail("No search parameters inside list");
        return all_keys(in, depth + 1, true);
    }
    if ((c >= '0' && c <= '9') || c == '*' || c == '$') {
        key.kind = Kind::sequence;
        key.set = set(in);
        return key;
    }
    const std::string word = in.upper_atom();
    if (in.failed()) return key;
    const SearchWord* known = search_word(word);
    if (known == nullptr) {
        in.fail("Unknown argument " + word);
        return key;
    }
    key.kind = known->kind;
    switch (known->argument) {
        case SearchArgument::none: break;
        case SearchArgument::text:
            in.space();
            key.text = in.astring();
            break;
        case SearchArgument::keyword:
            in.space();
            key.text = in.atom();
            break;
        case SearchArgument::header:
            in.space();
            key.field = in.astring();
            in.space();
            key.text = in.astring();
            break;
        case SearchArgument::date:
            in.space();
            key.day = date(in);
            break;
        case SearchArgument::number:
            in.space();
            if (in.peek() < '0' || in.peek() > '9') in.fail("Invalid search size parameter");
            key.number = in.number64();
            break;
        case SearchArgument::set:
            in.space();
            key.set = set(in);
            break;
        case SearchArgument::mod_seq:
            in.space();
            if (in.peek() == '"') {  // entry-name and entry-type: one modseq is all that we keep
                in.string();
                in.space();
                in.atom();
                in.space();
            }
            key.number = in.number64();
            break;
        case SearchArgument::one_key:
        case SearchArgument::two_keys:
            in.space();
            key.keys.push_back(search_key(in, depth + 1));
            if (known->argument == SearchArgument::two_keys) {
                in.space();
                key.keys.push_back(search_key(in, depth + 1));
            }
            break;
    }
    return key;
}

// "1:10"; the places of a result may be given in either order.
std::pair<std::uint32_t, std::uint32_t> partial_range(Scanner& in) {
    const std::string_view text = in.set_text();
    const auto set = parse_sequence_set(text);
    const bool one_range = set && set->ranges.size() == 1 && text.find(':') < text.size() &&
                           set->ranges.front().first != 0 && set->ranges.front().last != 0;
    if (!one_range) {
        in.fail("PARTIAL range broken");
        return {1, 1};
    }
    return std::minmax(set->ranges.front().first, set->ranges.front().last);
}

std::optional<SearchReturn> returns(Scanner& in) {
    if (message::upper_case(in.rest().substr(0, 8)) != "RETURN (") return std::nullopt;
    in.atom();
    in.space();
    SearchReturn r;
    list(in, true, [&] {
        const std::string word = in.upper_atom();
        if (word == "MIN") {
            r.min = true;
        } else if (word == "MAX") {
            r.max = true;
        } else if (word == "ALL") {
            r.all = true;
        } else if (word == "COUNT") {
            r.count = true;
        } else if (word == "SAVE") {
            r.save = true;
        } else if (word == "CONTEXT") {
            r.context = true;
        } else if (word == "UPDATE") {
            if (r.update) in.fail("SEARCH return options have duplicate UPDATE");
            r.update = true;
            if (in.rest().starts_with(" (")) {
                in.space();
                list(in, false, [&] { fetch_item(in, r.update_items); });
            }
        } else if (word == "PARTIAL") {
            if (r.partial) in.fail("PARTIAL can be used only once");
            in.space();
            r.partial = partial_range(in);
        } else {
            in.fail("Unknown SEARCH return option");
        }
    });
    // RFC 5267, section 4.4: either a part, or all of it.
    if (r.partial && r.all) in.fail("PARTIAL conflicts with ALL");
    // "RETURN ()" is RETURN (ALL): RFC 4731, section 3.1.
    if (r == SearchReturn{}) r.all = true;
    in.space();
    return r;
}

Command search(Scanner& in, bool uid) {
    Search c;
    c.uid = uid;
    if (in.rest().find_first_not_of(' ') == std::string_view::npos)
        in.fail("Missing search parameters");
    in.space();
    c.returns = returns(in);
    if (message::upper_case(in.rest().substr(0, 8)) == "CHARSET ") {
        in.atom();
        in.space();
        c.charset = message::upper_case(in.astring());
        in.space();
    }
    c.key = all_keys(in, 0, false);
    return c;
}

Command sort(Scanner& in, bool uid) {
    Sort c;
    c.uid = uid;
    in.space();
    c.returns = returns(in);
    bool reverse = false;
    list(
        in, false,
        [&] {
            const std::string word = in.upper_atom();
            if (word == "REVERSE") {
                reverse = true;
                return;
            }
            const auto by = sort_by(word);
            if (!by) {
                in.fail("Unknown sort argument: " + word);
                return;
            }
            c.order.push_back({*by, reverse});
            reverse = false;
        },
        "Empty sort program");
    if (reverse) in.fail("Sort list ends with REVERSE");
    in.space();
    c.charset = message::upper_case(in.astring());
    in.space();
    c.key = all_keys(in, 0, false);
    return c;
}

Command cancel_update(Scanner& in, bool) {
    CancelUpdate c;
    do {
        in.space();
        c.tags.push_back(in.string());
    } while (!in.at_end() && !in.failed() && c.tags.size() < max_list);
    return c;
}

Command thread(Scanner& in, bool uid) {
    Thread c;
    c.uid = uid;
    in.space();
    c.algorithm = in.upper_atom();
    if (const auto what = not_there_yet("THREAD " + c.algorithm)) in.lack(*what);
    in.space();
    c.charset = message::upper_case(in.astring());
    in.space();
    c.key = all_keys(in, 0, false);
    return c;
}

// --- mailboxes

Resync resync(Scanner& in) {
    Resync r;
    if (!in.expect('(')) return r;
    r.uid_validity = in.nz_number();
    in.space();
    r.mod_seq = in.number64();
    if (in.peek() == ' ') {
        in.space();
        if (in.peek() != '(') {
            r.known_uids = set(in);
            if (in.peek() == ' ') in.space();
        }
        if (in.take('(')) {
            r.matches.emplace();
            r.matches->first = set(in);
            in.space();
            r.matches->second = set(in);
            in.expect(')');
        }
    }
    in.expect(')');
    return r;
}

Command select(Scanner& in, bool examine) {
    Select c;
    c.examine = examine;
    in.space();
    c.mailbox = mailbox(in);
    if (in.peek() == ' ') {
        in.space();
        list(in, false, [&] {
            const std::string word = in.upper_atom();
            if (word == "CONDSTORE") {
                c.condstore = true;
            } else if (word == "QRESYNC") {
                in.space();
                c.resync = resync(in);
            } else {
                in.fail("Unknown parameter: " + word);
            }
        });
    }
    return c;
}

Command create(Scanner& in, bool) {
    Create c;
    in.space();
    c.mailbox = mailbox(in);
    if (in.peek() == ' ') {
        in.space();
        in.expect('(');
        if (in.upper_atom() != "USE") in.fail("Unknown parameter");
        in.space();
        list(in, true, [&] { c.special_uses.push_back(in.flag()); });
        in.expect(')');
    }
    return c;
}

Command delete_(Scanner& in, bool) {
    Delete c;
    in.space();
    c.mailbox = mailbox(in);
    return c;
}

Command rename(Scanner& in, bool) {
    Rename c;
    in.space();
    c.from = mailbox(in);
    in.space();
    c.to = mailbox(in);
    return c;
}

Command subscribe(Scanner& in, bool on) {
    Subscribe c;
    c.on = on;
    in.space();
    c.mailbox = mailbox(in);
    return c;
}

std::vector<StatusItem> status_items(Scanner& in) {
    std::vector<StatusItem> items;
    list(
        in, false,
        [&] {
            const std::string word = in.upper_atom();
            const auto item = status_item(word);
            if (!item) {
                in.fail("Invalid status item " + word);
                return;
            }
            items.push_back(*item);
        },
        "Empty status list");
    return items;
}

Command status(Scanner& in, bool) {
    Status c;
    in.space();
    c.mailbox = mailbox(in);
    in.space();
    c.items = status_items(in);
    return c;
}

Command list_command(Scanner& in, bool) {
    List c;
    in.space();
    if (in.peek() == '(') {
        list(in, true, [&] {
            const std::string word = in.upper_atom();
            if (word == "SUBSCRIBED") {
                c.subscribed = true;
            } else if (word == "REMOTE") {
                c.remote = true;
            } else if (word == "RECURSIVEMATCH") {
                c.recursive_match = true;
            } else if (word == "SPECIAL-USE") {
                c.special_use = true;
            } else {
                in.fail("Unknown select options");
            }
        });
        // RFC 5258, section 3.5: it qualifies another selection.
        if (c.recursive_match && !c.subscribed && !c.special_use) {
            in.fail("RECURSIVEMATCH must not be the only selection");
        }
        in.space();
    }
    c.reference = mailbox(in);
    in.space();
    if (in.peek() == '(') {
        c.many = true;
        list(in, false, [&] { c.patterns.push_back(in.list_mailbox()); });
    } else {
        c.patterns.push_back(in.list_mailbox());
    }
    if (in.peek() == ' ') {
        in.space();
        if (in.upper_atom() != "RETURN") in.fail("Invalid arguments");
        in.space();
        list(in, true, [&] {
            const std::string word = in.upper_atom();
            if (word == "SUBSCRIBED") {
                c.return_subscribed = true;
            } else if (word == "CHILDREN") {
                c.return_children = true;
            } else if (word == "SPECIAL-USE") {
                c.return_special_use = true;
            } else if (word == "STATUS") {
                in.space();
                c.return_status = status_items(in);
            } else {
                in.fail("Unknown return options");
            }
        });
    }
    return c;
}

Command lsub(Scanner& in, bool) {
    List c;
    c.lsub = true;
    in.space();
    c.reference = mailbox(in);
    in.space();
    c.patterns.push_back(in.list_mailbox());
    return c;
}

// RFC 4469: "TEXT" and a literal, or "URL" and a string.
CatenatePart catenate_part(Scanner& in) {
    CatenatePart part;
    const std::string word = in.upper_atom();
    part.url = word == "URL";
    if (!part.url && word != "TEXT") in.fail("Unknown CATENATE part");
    in.space();
    if (part.url) {
        part.text = in.astring();
    } else if (in.peek() == '{' || in.peek() == '~') {
        part.text = in.literal(&part.binary);
    } else {
        in.fail("Invalid arguments");
    }
    return part;
}

Command append(Scanner& in, bool) {
    Append c;
    in.space();
    c.mailbox = mailbox(in);
    do {
        if (c.messages.size() >= max_list) in.fail("Too many messages");
        AppendMessage m;
        in.space();
        if (in.peek() == '(') {
            list(in, true, [&] { m.flags.push_back(flag(in)); });
            in.space();
        }
        if (in.peek() == '"') {
            const auto when = parse_date_time(in.string());
            if (when) {
                m.unix_seconds = when->unix_seconds;
                m.utc_offset_minutes = when->utc_offset_minutes;
            } else {
                in.fail("Invalid internal date");
            }
            in.space();
        }
        if (in.peek() == '{' || in.peek() == '~') {
            m.text = in.literal(&m.binary);
        } else if (in.upper_atom() == "CATENATE") {
            in.space();
            list(in, false, [&] {
                if (m.parts.size() >= max_catenate_parts) in.fail("Too many arguments");
                m.parts.push_back(catenate_part(in));
            });
        } else {
            in.fail("Invalid arguments");
        }
        c.messages.push_back(std::move(m));
    } while (in.peek() == ' ' && !in.failed());
    return c;
}

// --- NOTIFY

// What belongs together (RFC 5465, sections 5 and 6.1).
void check_events(Scanner& in, const NotifyGroup& group) {
    using Event = NotifyEvent;
    if (group.wants(Event::message_new) != group.wants(Event::message_expunge)) {
        in.fail("MessageNew and MessageExpunge must be together");
    }
    if ((group.wants(Event::flag_change) || group.wants(Event::annotation_change)) &&
        !group.wants(Event::message_new)) {
        in.fail("FlagChange requires MessageNew and MessageExpunge");
    }
    if (!group.of_selected()) return;
    for (const Event event : group.events) {
        if (event < Event::mailbox_name || event == Event::unknown) continue;
        in.fail("Only message events can be had of the selected mailbox");
    }
}

NotifyGroup notify_group(Scanner& in) {
    NotifyGroup group;
    if (!in.expect('(')) return group;
    const auto mailboxes = notify_mailboxes(in.atom());
    if (!mailboxes) {
        in.fail("Invalid arguments");
        return group;
    }
    group.mailboxes = *mailboxes;
    in.space();
    if (group.mailboxes >= NotifyGroup::Mailboxes::subtree) {
        if (in.peek() == '(') {
            list(in, false, [&] { group.names.push_back(mailbox(in)); });
        } else {
            group.names.push_back(mailbox(in));
        }
        in.space();
    }
    if (in.peek() == '(') {
        list(in, false, [&] {
            group.events.push_back(notify_event(in.atom()));
            if (group.events.back() != NotifyEvent::message_new || !group.of_selected() ||
                !in.rest().starts_with(" (")) {
                return;
            }
            in.space();
            list(in, false, [&] { fetch_item(in, group.new_items); });
        });
    } else if (in.upper_atom() != "NONE") {
        in.fail("Invalid arguments");
    }
    in.expect(')');
    check_events(in, group);
    return group;
}

Command notify(Scanner& in, bool) {
    Notify c;
    in.space();
    const std::string word = in.upper_atom();
    if (word == "NONE") return c;
    if (word != "SET") in.fail("Invalid arguments");
    in.space();
    if (in.peek() != '(') {
        if (in.upper_atom() != "STATUS") in.fail("Invalid arguments");
        c.status = true;
        in.space();
    }
    bool of_selected = false;
    do {
        if (!c.groups.empty()) in.space();
        c.groups.push_back(notify_group(in));
        if (of_selected && c.groups.back().of_selected()) in.fail("Duplicate selected filter");
        of_selected = of_selected || c.groups.back().of_selected();
    } while (in.peek() == ' ' && !in.failed());
    return c;
}

// --- the others

template <typename T>
Command plain(Scanner&, bool) {
    return T{};
}

Command login(Scanner& in, bool) {
    Login c;
    in.space();
    c.user = in.astring();
    in.space();
    c.password = in.astring();
    return c;
}

Command authenticate(Scanner& in, bool) {
    Authenticate c;
    in.space();
    c.mechanism = in.upper_atom();
    if (!in.failed() && in.peek() == ' ' && in.space()) {
        c.initial = std::string{in.rest()};
        in = Scanner{""};
    }
    return c;
}

Command id(Scanner& in, bool) {
    Id c;
    in.space();
    if (in.peek() != '(') {
        if (in.upper_atom() != "NIL") in.fail("Invalid arguments");
        return c;
    }
    c.fields.emplace();
    list(in, true, [&] {
        std::string field = in.string();
        in.space();
        c.fields->emplace_back(std::move(field), in.nstring());
    });
    return c;
}

Command enable(Scanner& in, bool) {
    Enable c;
    do {
        in.space();
        c.capabilities.push_back(in.upper_atom());
    } while (!in.at_end() && !in.failed() && c.capabilities.size() < max_list);
    return c;
}

Command expunge(Scanner& in, bool uid) {
    Expunge c;
    if (uid) {
        in.space();
        c.uids = set(in);
    }
    return c;
}

Command quota(Scanner& in, bool of_mailbox) {
    GetQuota c;
    c.of_mailbox = of_mailbox;
    in.space();
    c.name = in.astring();
    return c;
}

Command acl(Scanner& in, Acl::What what) {
    Acl c;
    c.what = what;
    in.space();
    c.mailbox = mailbox(in);
    if (what == Acl::What::list_rights) {
        in.space();
        c.identifier = in.astring();
    }
    return c;
}

struct Word {
    std::string_view name;
    Command (*parse)(Scanner&, bool);
    bool argument;  // given to the parser
};

constexpr std::array words{
    Word{"APPEND", append, false},
    Word{"AUTHENTICATE", authenticate, false},
    Word{"CANCELUPDATE", cancel_update, false},
    Word{"CAPABILITY", plain<Capability>, false},
    Word{"CHECK", plain<Check>, false},
    Word{"CLOSE", plain<Close>, false},
    Word{"COPY", [](Scanner& in, bool uid) { return copy(in, uid, false); }, false},
    Word{"CREATE", create, false},
    Word{"DELETE", delete_, false},
    Word{"ENABLE", enable, false},
    Word{"EXAMINE", select, true},
    Word{"EXPUNGE", expunge, false},
    Word{"FETCH", fetch, false},
    Word{"GETACL", [](Scanner& in, bool) { return acl(in, Acl::What::get_acl); }, false},
    Word{"GETQUOTA", quota, false},
    Word{"GETQUOTAROOT", quota, true},
    Word{"ID", id, false},
    Word{"IDLE", plain<Idle>, false},
    Word{"LIST", list_command, false},
    Word{"LISTRIGHTS", [](Scanner& in, bool) { return acl(in, Acl::What::list_rights); }, false},
    Word{"LOGIN", login, false},
    Word{"LOGOUT", plain<Logout>, false},
    Word{"LSUB", lsub, false},
    Word{"MOVE", [](Scanner& in, bool uid) { return copy(in, uid, true); }, false},
    Word{"MYRIGHTS", [](Scanner& in, bool) { return acl(in, Acl::What::my_rights); }, false},
    Word{"NAMESPACE", plain<NamespaceCommand>, false},
    Word{"NOOP", plain<Noop>, false},
    Word{"NOTIFY", notify, false},
    Word{"RENAME", rename, false},
    Word{"SEARCH", search, false},
    Word{"SELECT", select, false},
    Word{"SORT", sort, false},
    Word{"STARTTLS", plain<StartTls>, false},
    Word{"STATUS", status, false},
    Word{"STORE", store, false},
    Word{"SUBSCRIBE", subscribe, true},
    Word{"THREAD", thread, false},
    Word{"UNSELECT", plain<Unselect>, false},
    Word{"UNSUBSCRIBE", subscribe, false},
};

constexpr std::array<std::string_view, 8> uid_words{"COPY",   "EXPUNGE", "FETCH", "MOVE",
                                                    "SEARCH", "SORT",    "STORE", "THREAD"};

const Word* find_word(std::string_view name) {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const Word& w) { return w.name == name; });
    return found == words.end() ? nullptr : &*found;
}

// tag = 1*<any ASTRING-CHAR except "+">
bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= max_tag &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (is_atom_char(c) || c == ']') && c != '+'; });
}

std::string_view word_at(std::string_view text) {
    return text.substr(0, text.find_first_of(" \r\n"));
}

}  // namespace

std::optional<Section> parse_section(std::string_view text) {
    const std::string bracketed = '[' + std::string{text} + ']';
    Scanner in{bracketed};
    Section parsed = section(in, false);
    if (!in.end()) return std::nullopt;
    return parsed;
}

ParsedCommand parse_command(std::string_view text) {
    ParsedCommand parsed;
    const std::string_view tag = word_at(text);
    if (!is_tag(tag)) {
        parsed.problem = Problem::invalid_tag;
        return parsed;
    }
    parsed.tag = tag;
    text.remove_prefix(tag.size());
    while (text.starts_with(' '))
        text.remove_prefix(1);
    const std::string_view verb = word_at(text);
    const bool name_like = !verb.empty() && std::all_of(verb.begin(), verb.end(), is_atom_char);
    if (!name_like || verb.size() > max_tag) {
        parsed.problem = Problem::invalid_command_name;
        return parsed;
    }
    text.remove_prefix(verb.size());
    parsed.name = message::upper_case(verb);
    bool uid = false;
    if (parsed.name == "UID") {
        std::string_view rest = text;
        while (rest.starts_with(' '))
            rest.remove_prefix(1);
        const std::string second = message::upper_case(word_at(rest));
        if (std::find(uid_words.begin(), uid_words.end(), second) != uid_words.end()) {
            rest.remove_prefix(second.size());
            text = rest;
            parsed.name += ' ' + second;
            uid = true;
        }
    }
    const Word* word =
        find_word(uid ? std::string_view{parsed.name}.substr(4) : std::string_view{parsed.name});
    if (word == nullptr) {
        parsed.problem = Problem::unknown_command;
        if (const auto what = not_there_yet(parsed.name)) {
            parsed.problem = Problem::not_there_yet;
            parsed.detail = *what;
        }
        return parsed;
    }
    Scanner in{text};
    parsed.command = word->parse(in, uid || word->argument);
    in.end();
    if (in.failed()) {
        parsed.problem = in.lacking() ? Problem::not_there_yet : Problem::bad_arguments;
        parsed.detail = in.detail();
    }
    return parsed;
}

}  // namespace postack::mail::imap
