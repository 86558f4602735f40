// A message as a mail program makes it of what its user has written (RFC 5322, RFC 2045 to 2047):
// header fields, one text or a multipart/alternative of text and HTML, attachments in base64.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postack::mail::message {

struct Attachment {
    std::string name;  ///< "plan.pdf"
    std::string type = "application/octet-stream";
    std::string bytes;
};

/// All texts are UTF-8 with LF or CRLF line ends.
struct Draft {
    std::string date, message_id, mailer;  ///< field bodies; an empty one gets no field
    std::string from;                      ///< "Alice <alice@localhost>"
    std::vector<std::string> to, cc;
    std::string subject;
    std::string text;
    std::string html;               ///< empty: no such part
    std::string charset = "utf-8";  ///< what Content-Type says of ASCII texts
    std::string parameters;         ///< behind the charset: "; format=flowed"
    std::vector<Attachment> attachments;
    std::string boundary =
        "----=_postack";  ///< of the outermost multipart; must not occur in a part
};

/// The message with CRLF line ends, in UTF-8 (8bit) where the draft is not ASCII.
std::string compose(const Draft& draft);

/// An unstructured field body: as it is if ASCII, else encoded words of UTF-8 in base64, each 75
/// characters at most (RFC 2047, section 2).
std::string encode_words(std::string_view text);

}  // namespace postack::mail::message
