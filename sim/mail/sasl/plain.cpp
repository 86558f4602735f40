// PLAIN (RFC 4616): "authorization NUL authentication NUL password".
#include "sim/mail/sasl/exchanges.hpp"

namespace postack::mail::sasl {
namespace {

class PlainServer final : public ServerExchange {
   public:
    explicit PlainServer(FindPassword find) : find_(std::move(find)) {}

    Step next(std::optional<std::string_view> message) override {
        if (!message) return {Status::challenge, {}};
        const std::size_t first = message->find('\0');
        if (first == std::string_view::npos) return {};
        const std::size_t second = message->find('\0', first + 1);
        if (second == std::string_view::npos) return {};
        const std::string_view authorization = message->substr(0, first);
        const std::string_view name = message->substr(first + 1, second - first - 1);
        // Nobody may act for somebody else.
        if (!authorization.empty() && authorization != name) return {Status::refused, {}};
        return check_password(find_, name, message->substr(second + 1));
    }

   private:
    FindPassword find_;
};

class PlainClient final : public ClientExchange {
   public:
    explicit PlainClient(Login login) : login_(std::move(login)) {}
    std::optional<std::string> initial() override { return message(); }
    core::Result<std::string> answer(std::string_view) override { return message(); }

   private:
    [[nodiscard]] std::string message() const {
        return '\0' + login_.name + '\0' + login_.password;
    }
    Login login_;
};

}  // namespace

std::unique_ptr<ServerExchange> plain_server(FindPassword find, const std::string&) {
    return std::make_unique<PlainServer>(std::move(find));
}
std::unique_ptr<ClientExchange> plain_client(Login login, const std::string&) {
    return std::make_unique<PlainClient>(std::move(login));
}

}  // namespace postack::mail::sasl
