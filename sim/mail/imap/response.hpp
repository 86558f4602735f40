// What an IMAP server says (RFC 9051, section 7), as values: for a client. Reading and printing are
// inverse. The data of each response is kept as the server nests it, so that an extension of
// tomorrow is read too; what a client needs of FETCH and SEARCH has functions of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"

namespace postack::mail::imap {

/// An atom ("\Seen", "12", "BODY[HEADER.FIELDS (DATE)]<0>"), a string (quoted or literal), or a
/// list of such.
struct Value {
    enum class Kind : std::uint8_t { atom, string, list };
    Kind kind = Kind::atom;
    std::string text;
    std::vector<Value> items;  ///< of a list
    bool operator==(const Value&) const = default;

    [[nodiscard]] bool is_nil() const;
};

struct Response {
    enum class Kind : std::uint8_t {
        untagged,
        tagged,
        invitation,  ///< "+": the server waits for what comes next
    };
    Kind kind = Kind::untagged;
    std::string tag;
    std::string word;                     ///< upper case: "OK", "FETCH", "SEARCH"; of "+" empty
    std::optional<std::uint32_t> number;  ///< of "* 12 FETCH", "* 3 EXISTS"
    std::string code;                     ///< "APPENDUID 38505 3955"; empty: none
    std::string text;                     ///< for people, of a status and of "+"
    std::vector<Value> values;            ///< of all others
    bool operator==(const Response&) const = default;

    /// OK, NO, BAD, BYE, PREAUTH.
    [[nodiscard]] bool is_status() const;
};

/// Bytes of one response besides its literals, values in one, and lists within lists: our choices.
/// A structure may nest (mime::max_depth), and a SEARCH of 200,000 messages fits.
inline constexpr std::size_t max_response_text = std::size_t{2} * 1024 * 1024;
inline constexpr std::size_t max_response_values = 300'000;
inline constexpr int max_response_nesting = 100;
/// Literals of one response, at most: our choice, as max_append.
inline constexpr std::size_t max_response_literals = std::size_t{64} * 1024 * 1024;

/// Reads a response without its last line end; literals stand in it as they came. Error: what is
/// wrong, with the beginning of the line.
core::Result<Response> parse_response(std::string_view text);
/// The same, without the last line end.
std::string print_response(const Response& response);

/// From the stream to whole responses.
class ResponseReader {
   public:
    /// Takes all bytes; whoever calls next() until it gives nothing keeps it bounded.
    void append(std::string_view bytes);
    /// The next response; nothing: more bytes are needed. After an error nothing more is read.
    std::optional<core::Result<Response>> next();

   private:
    std::string buffer_;
    std::size_t looked_at_ = 0;  // up to here there are whole lines and literals of one response
    std::size_t searched_ = 0;   // no line end before this
    std::size_t literals_ = 0;   // bytes of its literals
    bool failed_ = false;
};

/// What a FETCH response tells of a message.
struct MessageData {
    std::uint32_t number = 0;
    std::optional<std::uint32_t> uid;
    std::optional<std::vector<std::string>> flags;
    std::optional<std::uint64_t> size;  ///< RFC822.SIZE
    std::optional<std::string> text;    ///< BODY[], RFC822
};
/// Nothing if it is no FETCH.
std::optional<MessageData> message_data(const Response& response);
/// The numbers of SEARCH and SORT, or of ESEARCH's ALL (at most max_response_values of them);
/// nothing if it is none of these.
std::optional<std::vector<std::uint32_t>> found_numbers(const Response& response);

}  // namespace postack::mail::imap
