// The words of IMAP's grammar (RFC 9051, section 9), read from a command that is there as a whole.
// The first mistake is kept and everything after it fails: a parser reads on and asks once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postack::mail::imap {

bool is_atom_char(char c);  ///< ATOM-CHAR: printable ASCII but ( ) { SP % * " \ ]

class Scanner {
   public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] const std::string& detail() const { return detail_; }
    /// Records a mistake; the first one stays. Returns false.
    bool fail(std::string_view detail);

    /// The same for what is right and not there yet.
    bool lack(std::string_view what);
    [[nodiscard]] bool lacking() const { return lacking_; }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    /// The next character, NUL at the end.
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    /// Takes a character if it is the next one.
    bool take(char c);
    /// Takes it, or fails.
    bool expect(char c);
    /// One blank (more are borne, as Dovecot bears them); fails with "Missing arguments" at the
    /// end.
    bool space();
    /// Nothing may follow.
    bool end();

    std::string atom();                    ///< at least one ATOM-CHAR
    std::string upper_atom();              ///< the same in upper case
    std::string astring();                 ///< ASTRING-CHARs (']' too), or a string
    std::string string();                  ///< quoted or literal
    std::string list_mailbox();            ///< with the wildcards, or a string
    std::string flag();                    ///< "\Seen", "$Forwarded"
    std::optional<std::string> nstring();  ///< NIL is nothing
    std::string literal(bool* binary = nullptr);
    std::uint32_t number();
    std::uint32_t nz_number();
    std::uint64_t number64();  ///< at most 2^63-1
    /// The characters of a set of numbers: digits : , * $
    std::string_view set_text();
    /// Letters, digits and dots, upper case: the name of an item.
    std::string item_name();

   private:
    template <typename Allowed>
    std::string_view run(Allowed allowed);

    std::string_view rest_;
    std::string detail_;
    bool failed_ = false;
    bool lacking_ = false;
};

}  // namespace postack::mail::imap
