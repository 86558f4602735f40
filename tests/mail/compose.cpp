// What a mail program makes of a draft can be taken apart again.
#include "sim/mail/message/compose.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

using namespace postack::mail;

TEST_CASE("a plain text: fields in order, CRLF, 8bit where it is not ASCII") {
    message::Draft draft;
    draft.from = "Alice <alice@lab.fr>";
    draft.to = {"bob@lab.fr", "eve@lab.fr"};
    draft.subject = "Bonjour";
    draft.text = "Salut\n";
    CHECK(message::compose(draft) ==
          "From: Alice <alice@lab.fr>\r\nMIME-Version: 1.0\r\nTo: bob@lab.fr, eve@lab.fr\r\n"
          "Subject: Bonjour\r\nContent-Type: text/plain; charset=utf-8\r\n"
          "Content-Transfer-Encoding: 7bit\r\n\r\nSalut\r\n");
    draft.text = "\xC3\xA9t\xC3\xA9";
    CHECK(message::compose(draft).find("Content-Transfer-Encoding: 8bit\r\n") != std::string::npos);
}

TEST_CASE("subjects beyond ASCII: encoded words, no character cut in two (RFC 2047)") {
    CHECK(message::encode_words("Bonjour") == "Bonjour");
    CHECK(message::encode_words("\xC3\xA9t\xC3\xA9") == "=?UTF-8?B?w6l0w6k=?=");
    std::string subject;
    for (int i = 0; i < 40; ++i)
        subject += "\xE2\x82\xAC";  // 3 bytes each
    const std::string words = message::encode_words("x" + subject);
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find("\r\n", at), words.size());
        CHECK(end - at <= 76);
        at = end + 2;
    }
    CHECK(words.find("\r\n =?UTF-8?B?") != std::string::npos);
}

TEST_CASE("text, HTML and an attachment: a mixed of an alternative and base64") {
    message::Draft draft;
    draft.from = "a@b";
    draft.to = {"c@d"};
    draft.text = "text\n";
    draft.html = "<p>html</p>\n";
    draft.boundary = "XX";
    draft.attachments = {{"n.bin", "application/octet-stream", std::string(100, '\x80')}};
    const std::string text = message::compose(draft);
    for (const std::string_view piece :
         {"multipart/mixed;\r\n boundary=\"XX\"",
          "multipart/alternative;\r\n boundary=\"XX-alternative\"",
          "--XX-alternative\r\nContent-Type: text/html", "--XX-alternative--\r\n", "--XX--\r\n",
          "filename=\"n.bin\""}) {
        INFO(piece);
        CHECK(text.find(piece) != std::string::npos);
    }
}
