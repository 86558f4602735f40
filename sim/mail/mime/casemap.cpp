#include "sim/mail/mime/casemap.hpp"

#include <array>

#include <utf8proc.h>

namespace postack::mail::mime {
namespace {

// The longest decomposition of one character in Unicode: U+FDFA.
constexpr std::size_t longest_decomposition = 18;

}  // namespace

// RFC 5051, section 2.
std::string fold_case(std::string_view utf8) {
    std::string folded;
    folded.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const char first = utf8[at];
        if (static_cast<unsigned char>(first) < 0x80) {  // its title case is its upper case
            folded += first >= 'a' && first <= 'z' ? static_cast<char>(first - 32) : first;
            ++at;
            continue;
        }
        utf8proc_int32_t character = 0;
        const std::string text{utf8.substr(at, 4)};  // the longest encoding of one
        const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
        const utf8proc_ssize_t size =
            utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &character);
        std::array<utf8proc_int32_t, longest_decomposition> parts{};
        int last_class = 0;
        const utf8proc_ssize_t count =
            size > 0 ? utf8proc_decompose_char(
                           utf8proc_totitle(character), parts.data(),
                           static_cast<utf8proc_ssize_t>(parts.size()),
                           static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT),
                           &last_class)
                     : -1;
        if (count < 0 || static_cast<std::size_t>(count) > parts.size()) {
            folded += first;
            ++at;
            continue;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            std::array<utf8proc_uint8_t, 4> encoded{};
            const utf8proc_ssize_t length = utf8proc_encode_char(parts[i], encoded.data());
            for (std::size_t k = 0; k < static_cast<std::size_t>(length); ++k)
                folded += static_cast<char>(encoded[k]);
        }
        at += static_cast<std::size_t>(size);
    }
    return folded;
}

}  // namespace postack::mail::mime
