// THREAD (RFC 5256): ORDEREDSUBJECT and REFERENCES.
#include <algorithm>
#include <map>

#include "sim/mail/imap/commands/found.hpp"
#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/search_program.hpp"
#include "sim/mail/imap/sort_keys.hpp"
#include "sim/mail/message/header.hpp"
#include "sim/mail/mime/decode.hpp"
#include "sim/mail/mime/part.hpp"

namespace postack::mail::imap {
namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

// A message, or the place of one that is only referred to.
struct Node {
    std::uint32_t number = 0;  // as told; 0: not here
    std::int64_t sent = 0;
    BaseSubject subject;
    std::size_t parent = nobody;
    std::vector<std::size_t> children;
};

class Threads {
   public:
    std::vector<Node> nodes;
    std::vector<std::size_t> roots;

    [[nodiscard]] bool is_above(std::size_t node, std::size_t below) const {
        for (; below != nobody; below = nodes[below].parent) {
            if (below == node) return true;
        }
        return false;
    }
    void adopt(std::size_t parent, std::size_t child) {
        nodes[child].parent = parent;
        nodes[parent].children.push_back(child);
    }
    // When a thread began: its own date, or that of the first below it.
    [[nodiscard]] std::pair<std::int64_t, std::uint32_t> begin(std::size_t node) const {
        const Node* n = &nodes[node];
        while (n->number == 0 && !n->children.empty())
            n = &nodes[n->children.front()];
        return {n->sent, n->number};
    }
    void sort(std::vector<std::size_t>& list) const {
        std::sort(list.begin(), list.end(),
                  [&](std::size_t a, std::size_t b) { return begin(a) < begin(b); });
    }
    // (1 2 (3)(4 5)): a chain is flat, a fork has parentheses. Without recursion: threads may be
    // long.
    void print(std::string& out) const {
        for (const std::size_t root : roots) {
            out += '(';
            std::vector<std::pair<std::size_t, std::size_t>> stack;  // node, next child
            std::size_t node = root;
            bool fresh = true;  // nothing stands before it in its parenthesis
            while (true) {
                const Node& n = nodes[node];
                if (n.number != 0) {
                    if (!fresh) out += ' ';
                    out += std::to_string(n.number);
                    fresh = false;
                }
                if (n.children.size() == 1) {
                    node = n.children.front();
                    continue;
                }
                if (!n.children.empty()) {
                    if (!fresh) out += ' ';
                    out += '(';
                    stack.emplace_back(node, 1);
                    node = n.children.front();
                    fresh = true;
                    continue;
                }
                // The end of a chain: on to the next branch of the last fork.
                while (!stack.empty() &&
                       stack.back().second == nodes[stack.back().first].children.size()) {
                    out += ')';
                    stack.pop_back();
                }
                if (stack.empty()) break;
                out += ")(";
                node = nodes[stack.back().first].children[stack.back().second++];
                fresh = true;
            }
            out += ')';
        }
    }
};

struct Read {
    std::string header;
    Node node;
};

Read read(CommandContext& context, store::Uid uid, bool by_uid) {
    Read r;
    SelectedMailbox& selected = context.selected();
    if (const auto text = context.store().text(selected.path(), uid)) {
        r.header = (**text).substr(0, mime::header_size(**text));
    }
    r.node.number = by_uid ? uid : selected.sequence_of(uid);
    r.node.sent = sent_seconds(*selected.find(uid), r.header);
    const auto subject = message::find_field(r.header, "Subject");
    r.node.subject = base_subject(subject ? mime::decode_words(*subject) : std::string{});
    return r;
}

void by_subject(CommandContext& context, const std::vector<store::Uid>& found, bool uid,
                Threads& threads) {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (const store::Uid one : found) {
        threads.nodes.push_back(read(context, one, uid).node);
        groups[threads.nodes.back().subject.text].push_back(threads.nodes.size() - 1);
    }
    for (auto& [subject, members] : groups) {
        threads.sort(members);
        for (std::size_t i = 1; i < members.size(); ++i)
            threads.adopt(members.front(), members[i]);
        threads.roots.push_back(members.front());
    }
    threads.sort(threads.roots);
}

void by_references(CommandContext& context, const std::vector<store::Uid>& found, bool uid,
                   Threads& threads) {
    std::map<std::string, std::size_t, std::less<>> by_id;
    const auto node_of = [&](const std::string& id) {
        const auto [at, fresh] = by_id.try_emplace(id, threads.nodes.size());
        if (fresh) threads.nodes.emplace_back();
        return at->second;
    };
    for (const store::Uid one : found) {
        Read r = read(context, one, uid);
        const auto own = message::find_field(r.header, "Message-ID");
        auto ids = own ? message_ids(*own) : std::vector<std::string>{};
        std::size_t node = 0;
        // Two messages of one id: the second is as one without (step 1).
        if (ids.empty() || threads.nodes[node_of(ids.front())].number != 0) {
            node = threads.nodes.size();
            threads.nodes.emplace_back();
        } else {
            node = by_id.find(ids.front())->second;
        }
        threads.nodes[node].number = r.node.number;
        threads.nodes[node].sent = r.node.sent;
        threads.nodes[node].subject = r.node.subject;
        std::vector<std::string> references;
        if (const auto field = message::find_field(r.header, "References")) {
            references = message_ids(*field);
        }
        if (references.empty()) {
            if (const auto field = message::find_field(r.header, "In-Reply-To")) {
                references = message_ids(*field);
                if (references.size() > 1) references.resize(1);
            }
        }
        std::size_t above = nobody;
        for (const std::string& id : references) {  // step 1 (A)
            const std::size_t referred = node_of(id);
            if (above != nobody && threads.nodes[referred].parent == nobody &&
                !threads.is_above(referred, above)) {
                threads.adopt(above, referred);
            }
            above = referred;
        }
        if (above != nobody && !threads.is_above(node, above)) {  // step 1 (B)
            Node& n = threads.nodes[node];
            if (n.parent != nobody) {
                auto& children = threads.nodes[n.parent].children;
                children.erase(std::find(children.begin(), children.end(), node));
            }
            threads.adopt(above, node);
        }
    }
    // Steps 2 and 3: nodes of nobody go; what is below them moves up, to the root only if alone.
    std::vector<std::size_t> order;  // parents before children
    for (std::size_t i = 0; i < threads.nodes.size(); ++i) {
        if (threads.nodes[i].parent == nobody) order.push_back(i);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto& children = threads.nodes[order[i]].children;
        order.insert(order.end(), children.begin(), children.end());
    }
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        std::vector<std::size_t> kept;
        for (const std::size_t child : threads.nodes[*at].children) {
            Node& c = threads.nodes[child];
            if (c.number == 0) {
                for (const std::size_t below : c.children)
                    threads.nodes[below].parent = *at;
                kept.insert(kept.end(), c.children.begin(), c.children.end());
            } else {
                kept.push_back(child);
            }
        }
        threads.sort(kept);
        threads.nodes[*at].children = std::move(kept);
    }
    for (std::size_t i = 0; i < threads.nodes.size(); ++i) {
        const Node& n = threads.nodes[i];
        if (n.parent != nobody || (n.number == 0 && n.children.empty())) continue;
        const bool only_child = n.number == 0 && n.children.size() == 1;
        threads.roots.push_back(only_child ? n.children.front() : i);
    }
    threads.sort(threads.roots);
    // Step 5, in its plain case: a reply whose original is a root joins it.
    std::map<std::string, std::size_t> originals;
    const auto subject_of = [&](std::size_t root) -> const BaseSubject& {
        const Node& n = threads.nodes[root];
        return n.number != 0 ? n.subject : threads.nodes[n.children.front()].subject;
    };
    for (const std::size_t root : threads.roots) {
        const BaseSubject& subject = subject_of(root);
        if (!subject.text.empty() && !subject.reply_or_forward)
            originals.try_emplace(subject.text, root);
    }
    std::vector<std::size_t> roots;
    for (const std::size_t root : threads.roots) {
        const BaseSubject& subject = subject_of(root);
        const auto original = originals.find(subject.text);
        if (subject.reply_or_forward && original != originals.end() && original->second != root) {
            threads.adopt(original->second, root);
        } else {
            roots.push_back(root);
        }
    }
    for (const auto& [text, root] : originals)
        threads.sort(threads.nodes[root].children);
    threads.roots = std::move(roots);
}

}  // namespace

Outcome handle(CommandContext& context, const Thread& command) {
    if (!known_charset(command.charset)) return reply(Situation::bad_charset);
    const bool references = command.algorithm == "REFERENCES";
    if (!references && command.algorithm != "ORDEREDSUBJECT") {
        return reply(Situation::bad_arguments, {{"problem", "Unknown thread algorithm"}});
    }
    SearchProgram program{command.key, context.store(), context.selected(), context.unix_ns()};
    if (program.bad_set()) return reply(Situation::bad_message_set);
    Threads threads;
    if (references) {
        by_references(context, program.run(), command.uid, threads);
    } else {
        by_subject(context, program.run(), command.uid, threads);
    }
    context.out += "* THREAD";
    if (!threads.roots.empty()) context.out += ' ';
    threads.print(context.out);
    context.out += "\r\n";
    Outcome outcome = reply(Situation::thread);
    outcome.may_expunge = command.uid;
    return outcome;
}

}  // namespace postack::mail::imap
