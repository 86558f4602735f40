#include "sim/mail/sasl/mechanism.hpp"

#include <algorithm>
#include <array>

#include "sim/mail/message/address.hpp"
#include "sim/mail/sasl/exchanges.hpp"

namespace postack::mail::sasl {
namespace {

struct Row {
    std::string_view name;
    std::unique_ptr<ServerExchange> (*server)(FindPassword, const std::string& stamp);
    std::unique_ptr<ClientExchange> (*client)(Login, const std::string& stamp);
};

constexpr std::array<Row, 4> rows{{
    {"PLAIN", plain_server, plain_client},
    {"LOGIN", login_server, login_client},
    {"CRAM-MD5", cram_md5_server, cram_md5_client},
    {"SCRAM-SHA-256", scram_sha_256_server, scram_sha_256_client},
}};

constexpr std::array<std::string_view, rows.size()> names{rows[0].name, rows[1].name, rows[2].name,
                                                          rows[3].name};

const Row* find_row(std::string_view mechanism) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
        return message::equal_without_case(row.name, mechanism);
    });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::span<const std::string_view> mechanisms() {
    return names;
}

std::string_view strongest(std::span<const std::string> offered) {
    std::string_view best;
    for (const std::string_view name : names) {
        const auto same = [&](const auto& word) { return message::equal_without_case(word, name); };
        if (std::any_of(offered.begin(), offered.end(), same)) best = name;
    }
    return best;
}

std::unique_ptr<ServerExchange> make_server_exchange(std::string_view mechanism, FindPassword find,
                                                     const std::string& stamp) {
    const Row* row = find_row(mechanism);
    return row == nullptr ? nullptr : row->server(std::move(find), stamp);
}

std::unique_ptr<ClientExchange> make_client_exchange(std::string_view mechanism, Login login,
                                                     const std::string& stamp) {
    const Row* row = find_row(mechanism);
    return row == nullptr ? nullptr : row->client(std::move(login), stamp);
}

}  // namespace postack::mail::sasl
