#include "sim/mail/store/maildir_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "sim/mail/imap/modified_utf7.hpp"
#include "sim/mail/message/address.hpp"

namespace postack::mail::store::maildir {
namespace {

constexpr std::string_view info = ":2,";
constexpr std::string_view passed = "$Forwarded";

// File systems take 255 bytes a name.
constexpr std::size_t max_file_name = 255;

std::uint64_t leading_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::optional<std::size_t> index_of(const std::vector<std::string>& keywords,
                                    std::string_view keyword) {
    for (std::size_t i = 0; i < keywords.size() && i < max_letters; ++i) {
        if (message::equal_without_case(keywords[i], keyword)) return i;
    }
    return std::nullopt;
}

}  // namespace

std::string_view base_of(std::string_view file_name) {
    return file_name.substr(0, file_name.find(info));
}

std::string_view letters_of(std::string_view file_name) {
    const std::size_t at = file_name.find(info);
    return at == std::string_view::npos ? std::string_view{} : file_name.substr(at + info.size());
}

std::optional<std::uint64_t> wire_size_of(std::string_view base) {
    const std::size_t at = base.find(",W=");
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view digits = base.substr(at + 3);
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const bool whole = end == digits.data() + digits.size() || *end == ',';
    return error == std::errc{} && whole ? std::optional{size} : std::nullopt;
}

bool delivered_before(std::string_view a, std::string_view b) {
    return std::pair{leading_number(a), a} < std::pair{leading_number(b), b};
}

Flags flags_of(std::string_view letters, const std::vector<std::string>& keywords) {
    Flags flags;
    const auto add = [&](std::string_view keyword) {
        const bool there =
            std::any_of(flags.keywords.begin(), flags.keywords.end(),
                        [&](const auto& k) { return message::equal_without_case(k, keyword); });
        if (!there) flags.keywords.emplace_back(keyword);
    };
    for (const char letter : letters) {
        switch (letter) {
            case 'D': flags.draft = true; break;
            case 'F': flags.flagged = true; break;
            case 'P': add(passed); break;
            case 'R': flags.answered = true; break;
            case 'S': flags.seen = true; break;
            case 'T': flags.deleted = true; break;
            default:
                if (letter >= 'a' && letter <= 'z') {
                    const auto index = static_cast<std::size_t>(letter - 'a');
                    if (index < keywords.size() && !keywords[index].empty()) add(keywords[index]);
                }
        }
    }
    return flags;
}

std::string letters_for(const Flags& flags, const std::vector<std::string>& keywords) {
    std::string letters;
    if (flags.draft) letters += 'D';
    if (flags.flagged) letters += 'F';
    std::string lower;
    bool forwarded = false;
    for (const std::string& keyword : flags.keywords) {
        forwarded = forwarded || message::equal_without_case(keyword, passed);
        if (const auto index = index_of(keywords, keyword)) {
            lower += static_cast<char>('a' + static_cast<int>(*index));
        }
    }
    if (forwarded) letters += 'P';
    if (flags.answered) letters += 'R';
    if (flags.seen) letters += 'S';
    if (flags.deleted) letters += 'T';
    std::sort(lower.begin(), lower.end());
    return letters + lower;
}

bool has_letter(std::string_view keyword, const std::vector<std::string>& keywords) {
    return index_of(keywords, keyword).has_value();
}

std::vector<std::string> parse_keywords(std::string_view file) {
    std::vector<std::string> keywords;
    while (!file.empty()) {
        const std::size_t end = std::min(file.find('\n'), file.size());
        const std::string_view line = file.substr(0, end);
        file.remove_prefix(std::min(end + 1, file.size()));
        const std::size_t blank = line.find(' ');
        const std::uint64_t index = leading_number(line);
        if (blank == std::string_view::npos || blank == 0 || index >= max_letters) continue;
        keywords.resize(std::max<std::size_t>(keywords.size(), index + 1));
        keywords[index] = std::string{line.substr(blank + 1)};
    }
    return keywords;
}

std::string print_keywords(const std::vector<std::string>& keywords) {
    std::string file;
    for (std::size_t i = 0; i < keywords.size() && i < max_letters; ++i) {
        if (!keywords[i].empty()) file += fmt::format("{} {}\n", i, keywords[i]);
    }
    return file;
}

core::Result<std::string> folder_name(std::string_view path) {
    std::string name;
    while (true) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view level = path.substr(0, end);
        if (level.empty()) return core::Error{"a folder's name has an empty level"};
        if (level.find('.') != std::string_view::npos) {
            return core::Error{"a folder's name cannot have a dot: it parts the levels on disk"};
        }
        if (level.find('\0') != std::string_view::npos) {
            return core::Error{"a folder's name cannot have a NUL"};
        }
        name += '.';
        name += imap::encode_modified_utf7(level);
        if (end == path.size()) break;
        path.remove_prefix(end + 1);
    }
    if (name.size() > max_file_name) {
        return core::Error{
            fmt::format("a folder's name has {} bytes at most on disk", max_file_name)};
    }
    return name;
}

std::optional<std::string> folder_path(std::string_view name) {
    if (name.size() < 2 || name.front() != '.') return std::nullopt;
    std::string path;
    while (!name.empty()) {
        name.remove_prefix(1);  // the dot
        const std::size_t end = std::min(name.find('.'), name.size());
        const auto level = imap::decode_modified_utf7(name.substr(0, end));
        // Not modified UTF-7, or a level that would lead elsewhere: not one of ours to show.
        if (!level || level->empty() || level->find('/') != std::string::npos) return std::nullopt;
        if (!path.empty()) path += '/';
        path += *level;
        name.remove_prefix(end);
    }
    return path;
}

}  // namespace postack::mail::store::maildir
