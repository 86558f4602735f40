// Names in a Maildir: a message's file is "BASE:2,LETTERS" in cur, "BASE" in new
// (https://cr.yp.to/proto/maildir.html); folders are ".Level.Level" beside them (Maildir++).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.hpp"
#include "sim/mail/store/mailbox_store.hpp"

namespace postack::mail::store::maildir {

/// What stays when flags change: all before ":2,".
std::string_view base_of(std::string_view file_name);
/// "FS" of "…:2,FS".
std::string_view letters_of(std::string_view file_name);
/// Octets with CRLF, where the name tells: ",W=1234" as Dovecot and Courier write it.
std::optional<std::uint64_t> wire_size_of(std::string_view base);
/// Older first: by the seconds that it begins with, then by the name.
bool delivered_before(std::string_view a, std::string_view b);

/// D, F, R, S, T, P ($Forwarded; Dovecot knows it not, so that it has a letter besides), and a to
/// z: keywords by their index in `keywords` (the file dovecot-keywords). Letters that mean nothing
/// are passed over.
Flags flags_of(std::string_view letters, const std::vector<std::string>& keywords);
/// The inverse, in the order of ASCII as the format asks for; a keyword beyond the 26th has none.
std::string letters_for(const Flags& flags, const std::vector<std::string>& keywords);
inline constexpr std::size_t max_letters = 26;
bool has_letter(std::string_view keyword, const std::vector<std::string>& keywords);

/// "0 $Forwarded\n1 Travail\n": Dovecot's file dovecot-keywords.
std::vector<std::string> parse_keywords(std::string_view file);
std::string print_keywords(const std::vector<std::string>& keywords);

/// ".Projets.R&AOk-seau" of "Projets/Réseau". Error: a level that such a name cannot have.
core::Result<std::string> folder_name(std::string_view path);
/// The inverse; nothing if it is not the name of a folder.
std::optional<std::string> folder_path(std::string_view name);

}  // namespace postack::mail::store::maildir
