// LOGIN: name and password, each asked for. In no RFC, but every server and many old clients have
// it; the prompts are those that Postfix's and Dovecot's SASL send.
#include "sim/mail/sasl/exchanges.hpp"

namespace postack::mail::sasl {
namespace {

class LoginServer final : public ServerExchange {
   public:
    explicit LoginServer(FindPassword find) : find_(std::move(find)) {}

    Step next(std::optional<std::string_view> message) override {
        if (!message) return {Status::challenge, "Username:"};
        if (!name_) {
            name_ = std::string{*message};
            return {Status::challenge, "Password:"};
        }
        return check_password(find_, *name_, *message);
    }

   private:
    FindPassword find_;
    std::optional<std::string> name_;
};

class LoginClient final : public ClientExchange {
   public:
    explicit LoginClient(Login login) : login_(std::move(login)) {}
    // An initial response would be the name; servers of old do not all know it.
    std::optional<std::string> initial() override { return std::nullopt; }
    core::Result<std::string> answer(std::string_view) override {
        switch (++asked_) {
            case 1: return login_.name;
            case 2: return login_.password;
            default: return core::Error{"LOGIN: the server asks for more than two things"};
        }
    }

   private:
    Login login_;
    int asked_ = 0;
};

}  // namespace

std::unique_ptr<ServerExchange> login_server(FindPassword find, const std::string&) {
    return std::make_unique<LoginServer>(std::move(find));
}
std::unique_ptr<ClientExchange> login_client(Login login, const std::string&) {
    return std::make_unique<LoginClient>(std::move(login));
}

}  // namespace postack::mail::sasl
