#include "sim/mail/imap/commands/handlers.hpp"
#include "sim/mail/imap/strings.hpp"

namespace postack::mail::imap {
namespace {
// All rights of RFC 4314, section 2.1, but "a": nobody may change them here.
constexpr std::string_view owner_rights = "lrswipkxte";
}  // namespace

// RFC 4314, the read side: a mailbox is its owner's alone.
Outcome handle(CommandContext& context, const Acl& command) {
    Outcome otherwise;
    const auto path = context.existing(command.mailbox, otherwise, Situation::no_such_mailbox);
    if (!path) return otherwise;
    const std::string name = print_mailbox(context.folders().name_of(*path));
    std::string owner;
    append_astring(owner, context.conversation.account);
    std::string& out = context.out;
    std::string_view problem;
    switch (command.what) {
        case Acl::What::my_rights:
            out += "* MYRIGHTS " + name + ' ';
            out += owner_rights;
            problem = "Myrights";
            break;
        case Acl::What::get_acl:
            out += "* ACL " + name + ' ' + owner + ' ';
            out += owner_rights;
            problem = "Getacl";
            break;
        case Acl::What::list_rights: {
            out += "* LISTRIGHTS " + name + ' ';
            append_astring(out, command.identifier);
            out += ' ';
            // What the owner always has; nobody else can be given anything.
            if (command.identifier == context.conversation.account) {
                out += owner_rights;
            } else {
                out += "\"\"";
            }
            problem = "Listrights";
            break;
        }
    }
    out += "\r\n";
    return reply(Situation::acl, {{"problem", std::string{problem}}});
}

}  // namespace postack::mail::imap
