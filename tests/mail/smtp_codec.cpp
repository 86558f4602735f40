// Commands, replies and addresses: text and value are two forms of one thing.
#include <string>

#include <doctest/doctest.h>

#include "sim/mail/message/address.hpp"
#include "sim/mail/smtp/command.hpp"
#include "sim/mail/smtp/reply.hpp"

using namespace postack;
using namespace postack::mail;
using smtp::parse_command;
using smtp::Problem;

TEST_CASE("commands: what is printed is parsed to the same value") {
    const std::vector<smtp::Command> commands{
        {"HELO", "Bonjour je suis un etudiant", {}},
        {"EHLO", "[192.168.56.131]", {}},
        {"MAIL", "", {}},
        {"MAIL", "dupont@lab.fr", {{"SIZE", "1000"}, {"BODY", "8BITMIME"}, {"SMTPUTF8", {}}}},
        {"RCPT", "\"a b>\"@lab.fr", {{"NOTIFY", "SUCCESS,DELAY"}}},
        {"RCPT", "x@[IPv6:::1]", {}},
        {"DATA", "", {}},
        {"RSET", "", {}},
        {"NOOP", "", {}},
        {"NOOP", "zzz", {}},
        {"VRFY", "etudiant", {}},
        {"EXPN", "liste", {}},
        {"HELP", "", {}},
        {"QUIT", "", {}},
    };
    for (const smtp::Command& command : commands) {
        const std::string line = smtp::print_command(command);
        INFO(line);
        const smtp::ParsedLine parsed = parse_command(line);
        CHECK(parsed.problem == Problem::none);
        CHECK(parsed.command == command);
    }
}

TEST_CASE("commands: what Postfix takes, and what it does not") {
    CHECK(parse_command("mail from:<a@b>").command.argument == "a@b");
    CHECK(parse_command("MAIL FROM: <a@b>").command.argument == "a@b");
    CHECK(parse_command("MAIL\tFROM:\ta@b").command.argument == "a@b");
    CHECK(parse_command("MAIL FROM:<@relais,@autre:a@b>").command.argument == "a@b");
    CHECK(parse_command("  HELO   a   b  ").command.argument == "a b");
    CHECK(parse_command("HELO [IPv6:fe80::1]").command.argument == "[IPv6:fe80::1]");
    // The spaces against which the sheet warns.
    CHECK(parse_command("MAIL FROM : <dupont@lab.fr>").problem == Problem::syntax);
    CHECK(parse_command("MAIL FROM").problem == Problem::syntax);
    CHECK(parse_command("MAIL FROM:").problem == Problem::syntax);
    CHECK(parse_command("MAIL TO:<a@b>").problem == Problem::syntax);
    CHECK(parse_command("RCPT").problem == Problem::syntax);
    CHECK(parse_command("HELO").problem == Problem::syntax);
    CHECK(parse_command("DATA now").problem == Problem::syntax);
    CHECK(parse_command("MAIL FROM:<a@b").problem == Problem::bad_address);
    CHECK(parse_command("MAIL FROM:<\"a@b>").problem == Problem::bad_address);
    CHECK(parse_command("").problem == Problem::empty);
    CHECK(parse_command(" \t ").problem == Problem::empty);
    CHECK(parse_command("BONJOUR a").problem == Problem::unknown_verb);
    CHECK(parse_command("BONJOUR a").word == "BONJOUR");
}

TEST_CASE("addresses of the envelope (RFC 5321, section 4.1.2)") {
    CHECK(*message::read_path("<>") == "");
    CHECK(*message::read_path("etudiant") == "etudiant");
    CHECK(*message::read_path("<\"a@b\"@c.fr>") == "\"a@b\"@c.fr");
    CHECK(message::split_address("\"a@b\"@c.fr") == message::Address{"\"a@b\"", "c.fr"});
    CHECK(message::split_address("etudiant") == message::Address{"etudiant", ""});
    for (const std::string_view wrong :
         {"", "<", "<a", "a>", "<a@>", "<@b>", "<a b@c>", "<a@b c>", "<a@b>c", "<a@[1.2.3.4>",
          "<a@[\"]>", "<a\tb@c>", "<(x)a@b>", "<a\\", "<a,b@c>"}) {
        INFO(wrong);
        CHECK_FALSE(message::read_path(wrong));
    }
}

TEST_CASE("replies: one and several lines, with and without an enhanced code") {
    for (const std::string_view bytes :
         {"250 debian-11-GNS3.lan\r\n", "250 2.1.5 Ok\r\n", "250-a\r\n250-SIZE 1\r\n250 DSN\r\n",
          "250-2.1.0 one\r\n250 2.1.0 two\r\n", "250-2.1.0 one\r\n250 two\r\n",
          "354 End data with <CR><LF>.<CR><LF>\r\n", "220 \r\n", "501 5.5.4 \r\n"}) {
        INFO(bytes);
        const auto reply = smtp::parse_reply(bytes);
        REQUIRE(reply);
        CHECK(smtp::print_reply(*reply) == bytes);
    }
    CHECK(smtp::parse_reply("550 5.1.1 no")->enhanced == smtp::EnhancedCode{5, 1, 1});
    CHECK(smtp::parse_reply("250")->lines == std::vector<std::string>{""});
    for (const std::string_view wrong : {"", "25", "25x no", "250_no", "999 no", "250-a\r\n",
                                         "250-a\r\n251 b\r\n", "250 a\r\n250 b\r\n"}) {
        INFO(wrong);
        CHECK_FALSE(smtp::parse_reply(wrong));
    }
}

TEST_CASE("replies out of a stream, byte by byte, and bounded") {
    smtp::ReplyReader reader;
    const std::string stream = "220 hello\r\n250-a\r\n250 b\n500 no\r\n";
    std::vector<smtp::Reply> replies;
    for (const char c : stream) {
        reader.append(std::string_view{&c, 1});
        while (auto reply = reader.next()) {
            REQUIRE(*reply);
            replies.push_back(**reply);
        }
    }
    REQUIRE(replies.size() == 3);
    CHECK(replies[1].lines == std::vector<std::string>{"a", "b"});
    CHECK(replies[2].code == 500);

    smtp::ReplyReader endless;
    endless.append(std::string(smtp::ReplyReader::max_line + 1, 'x'));
    const auto too_long = endless.next();
    REQUIRE(too_long);
    CHECK_FALSE(*too_long);

    smtp::ReplyReader many;
    for (std::size_t i = 0; i <= smtp::ReplyReader::max_lines; ++i)
        many.append("250-x\r\n");
    const auto too_many = many.next();
    REQUIRE(too_many);
    CHECK_FALSE(*too_many);
}
