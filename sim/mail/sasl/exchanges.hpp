// The mechanisms, a file each; mechanism.cpp has the table of them.
#pragma once

#include <memory>
#include <string>

#include "sim/mail/sasl/mechanism.hpp"

namespace postack::mail::sasl {

std::unique_ptr<ServerExchange> plain_server(FindPassword find, const std::string& stamp);
std::unique_ptr<ClientExchange> plain_client(Login login, const std::string& stamp);
std::unique_ptr<ServerExchange> login_server(FindPassword find, const std::string& stamp);
std::unique_ptr<ClientExchange> login_client(Login login, const std::string& stamp);
std::unique_ptr<ServerExchange> cram_md5_server(FindPassword find, const std::string& stamp);
std::unique_ptr<ClientExchange> cram_md5_client(Login login, const std::string& stamp);
std::unique_ptr<ServerExchange> scram_sha_256_server(FindPassword find, const std::string& stamp);
std::unique_ptr<ClientExchange> scram_sha_256_client(Login login, const std::string& stamp);

/// Name and password against an account.
inline Step check_password(const FindPassword& find, std::string_view name,
                           std::string_view password) {
    const auto known = find(name);
    if (!known || *known != password) return {Status::refused, {}};
    return {Status::accepted, std::string{name}};
}

}  // namespace postack::mail::sasl
