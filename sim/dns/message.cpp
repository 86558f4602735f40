#include "sim/dns/message.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace postack::dns {
namespace {

constexpr std::uint16_t class_in = 1;
constexpr std::size_t header_size = 12;
constexpr std::size_t largest_pointer = 0x3fff;

constexpr std::array<std::pair<Type, std::string_view>, 8> types{{{Type::a, "A"},
                                                                  {Type::ns, "NS"},
                                                                  {Type::cname, "CNAME"},
                                                                  {Type::soa, "SOA"},
                                                                  {Type::ptr, "PTR"},
                                                                  {Type::mx, "MX"},
                                                                  {Type::txt, "TXT"},
                                                                  {Type::aaaa, "AAAA"}}};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Writer {
   public:
    void u8(std::size_t value) { bytes_.push_back(static_cast<core::Byte>(value)); }
    void u16(std::size_t value) {
        u8(value >> 8U & 0xffU);
        u8(value & 0xffU);
    }
    void u32(std::uint32_t value) {
        u16(value >> 16U);
        u16(value & 0xffffU);
    }
    void name(std::string_view text) {
        if (text.size() > max_name - 2) failed_ = true;
        while (!text.empty() && !failed_) {
            // With its case: a name comes out as it went in (RFC 4343, 4.1 leaves the choice).
            const auto known = seen_.find(std::string{text});
            if (known != seen_.end()) return u16(0xc000U | known->second);
            if (bytes_.size() <= largest_pointer) seen_[std::string{text}] = bytes_.size();
            const std::size_t dot = text.find('.');
            const std::string_view label = text.substr(0, dot);
            if (label.empty() || label.size() > max_label) failed_ = true;
            u8(label.size());
            bytes_.insert(bytes_.end(), label.begin(), label.end());
            text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
        }
        u8(0);
    }
    void record(const Record& record) {
        name(record.name);
        u16(record.type);
        u16(class_in);
        u32(record.seconds_to_live);
        const std::size_t length_at = bytes_.size();
        u16(0);
        std::visit([this](const auto& data) { put(data); }, record.data);
        core::store_u16(&bytes_[length_at],
                        static_cast<std::uint16_t>(bytes_.size() - length_at - 2));
    }
    core::Bytes take() { return failed_ ? core::Bytes{} : std::move(bytes_); }

   private:
    void put(const wire::IpAddress& address) {
        const auto raw = address.bytes();
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
    void put(const Mail& mail) {
        u16(mail.preference);
        name(mail.host);
    }
    void put(const Host& host) { name(host.name); }
    void put(const Authority& authority) {
        name(authority.server);
        name(authority.mailbox);
        for (const std::uint32_t value : {authority.serial, authority.refresh, authority.retry,
                                          authority.expire, authority.minimum})
            u32(value);
    }
    void put(const core::Bytes& raw) { bytes_.insert(bytes_.end(), raw.begin(), raw.end()); }

    core::Bytes bytes_;
    std::map<std::string, std::size_t> seen_;
    bool failed_ = false;
};

// Reads from the front; what cannot be read sets `problem` and gives zeros from then on.
class Reader {
   public:
    explicit Reader(core::BytesView bytes) : bytes_(bytes) {}

    std::uint8_t u8() {
        if (at_ >= bytes_.size()) return fail("it ends too early"), std::uint8_t{0};
        return bytes_[at_++];
    }
    std::uint16_t u16() {
        const unsigned high = u8();
        return static_cast<std::uint16_t>(high << 8U | u8());
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return high << 16U | u16();
    }
    std::string name() {
        std::string text;
        std::size_t at = at_;
        std::size_t before = at_;  // a pointer must point to somewhere before this
        std::optional<std::size_t> end;
        while (problem_.empty()) {
            if (at >= bytes_.size()) {
                fail("a name ends too early");
                break;
            }
            const std::size_t length = bytes_[at];
            if (length >= 0xc0) {
                if (at + 1 >= bytes_.size()) {
                    fail("a name ends too early");
                    break;
                }
                const std::size_t to = (length & 0x3fU) << 8U | bytes_[at + 1];
                if (!end) end = at + 2;
                if (to >= before) {
                    fail("a pointer in a name does not point backwards");
                    break;
                }
                at = before = to;
                continue;
            }
            if (length > max_label) {
                fail("a label of a name is of no known kind");
                break;
            }
            ++at;
            if (length == 0) break;
            if (at + length > bytes_.size()) {
                fail("a name ends too early");
                break;
            }
            if (!text.empty()) text += '.';
            const auto label = core::as_text(bytes_.subspan(at, length));
            // A dot inside a label could not be told from one between two.
            if (label.find('.') != std::string_view::npos)
                fail("a label of a name has a dot in it");
            text += label;
            at += length;
            if (text.size() > max_name - 2) fail("a name is too long");
        }
        at_ = end.value_or(at);
        return text;
    }
    core::BytesView take(std::size_t count) {
        if (count > bytes_.size() - std::min(at_, bytes_.size())) {
            fail("it ends too early");
            return {};
        }
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }
    void fail(std::string_view why) {
        if (problem_.empty()) problem_ = why;
    }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] std::size_t at() const { return at_; }

   private:
    core::BytesView bytes_;
    std::size_t at_ = 0;
    std::string problem_;
};

Record read_record(Reader& reader) {
    Record record;
    record.name = reader.name();
    record.type = reader.u16();
    if (reader.u16() != class_in) reader.fail("a record is of another class than IN");
    record.seconds_to_live = reader.u32();
    const std::size_t length = reader.u16();
    const std::size_t begin = reader.at();
    switch (static_cast<Type>(record.type)) {
        case Type::a:
        case Type::aaaa: {
            const auto raw = reader.take(length);
            const std::size_t wanted = static_cast<Type>(record.type) == Type::a ? 4 : 16;
            if (raw.size() != wanted) {
                reader.fail("an address is too short or too long");
            } else {
                record.data = wire::IpAddress::from_bytes(raw);
            }
            break;
        }
        case Type::mx: {
            Mail mail;
            mail.preference = reader.u16();
            mail.host = reader.name();
            record.data = std::move(mail);
            break;
        }
        case Type::ns:
        case Type::cname:
        case Type::ptr: record.data = Host{reader.name()}; break;
        case Type::soa: {
            Authority soa;
            soa.server = reader.name();
            soa.mailbox = reader.name();
            for (std::uint32_t* value :
                 {&soa.serial, &soa.refresh, &soa.retry, &soa.expire, &soa.minimum})
                *value = reader.u32();
            record.data = std::move(soa);
            break;
        }
        default: {
            const auto raw = reader.take(length);
            record.data = core::Bytes{raw.begin(), raw.end()};
            break;
        }
    }
    if (reader.at() != begin + length) reader.fail("a record is not as long as it says");
    return record;
}

}  // namespace

std::string type_name(std::uint16_t type) {
    for (const auto& [known, name] : types) {
        if (static_cast<std::uint16_t>(known) == type) return std::string{name};
    }
    return fmt::format("TYPE{}", type);
}

core::Result<Type> parse_type(std::string_view text) {
    for (const auto& [known, name] : types) {
        if (same_name(text, name)) return known;
    }
    return core::Error{
        fmt::format("'{}' is no type of a record: A, AAAA, CNAME, MX, NS, PTR, SOA or TXT", text)};
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

std::string reverse_name(const wire::IpAddress& address) {
    const auto raw = address.bytes();
    std::string name;
    for (std::size_t i = raw.size(); i-- > 0;) {
        name += raw.size() == 4 ? fmt::format("{}.", raw[i])
                                : fmt::format("{:x}.{:x}.", raw[i] & 0x0fU, raw[i] >> 4U);
    }
    return name + (raw.size() == 4 ? "in-addr.arpa" : "ip6.arpa");
}

core::Bytes print_message(const Message& message) {
    Writer out;
    out.u16(message.id);
    out.u16((message.response ? 0x8000U : 0U) | (message.opcode & 0x0fU) << 11U |
            (message.authoritative ? 0x0400U : 0U) | (message.truncated ? 0x0200U : 0U) |
            (message.recursion_desired ? 0x0100U : 0U) |
            (message.recursion_available ? 0x0080U : 0U) | static_cast<unsigned>(message.code));
    for (const std::size_t count : {message.questions.size(), message.answers.size(),
                                    message.authorities.size(), message.additional.size()})
        out.u16(count);
    for (const Question& question : message.questions) {
        out.name(question.name);
        out.u16(question.type);
        out.u16(class_in);
    }
    for (const auto* section : {&message.answers, &message.authorities, &message.additional}) {
        for (const Record& record : *section)
            out.record(record);
    }
    return out.take();
}

core::Result<Message> parse_message(core::BytesView bytes) {
    if (bytes.size() < header_size) return core::Error{"a DNS message has a header of 12 bytes"};
    Reader in{bytes};
    Message message;
    message.id = in.u16();
    const unsigned flags = in.u16();
    message.response = (flags & 0x8000U) != 0;
    message.opcode = static_cast<std::uint8_t>(flags >> 11U & 0x0fU);
    message.authoritative = (flags & 0x0400U) != 0;
    message.truncated = (flags & 0x0200U) != 0;
    message.recursion_desired = (flags & 0x0100U) != 0;
    message.recursion_available = (flags & 0x0080U) != 0;
    message.code = static_cast<Code>(flags & 0x0fU);
    std::array<std::size_t, 4> counts{};
    for (std::size_t& count : counts) {
        count = in.u16();
        if (count > max_records) in.fail("a section has too many records");
    }
    for (std::size_t i = 0; i < counts[0] && in.problem().empty(); ++i) {
        Question question;
        question.name = in.name();
        question.type = in.u16();
        if (in.u16() != class_in) in.fail("a question is of another class than IN");
        message.questions.push_back(std::move(question));
    }
    const std::array<std::vector<Record>*, 3> sections{&message.answers, &message.authorities,
                                                       &message.additional};
    for (std::size_t s = 0; s < sections.size(); ++s) {
        for (std::size_t i = 0; i < counts[s + 1] && in.problem().empty(); ++i)
            sections[s]->push_back(read_record(in));
    }
    if (!in.problem().empty()) return core::Error{"not a DNS message: " + in.problem()};
    return message;
}

}  // namespace postack::dns
