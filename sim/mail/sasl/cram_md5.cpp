// CRAM-MD5 (RFC 2195): the server's stamp, then "name digest", where the digest is keyed with the
// password. The password does not travel, but the server must know it in clear.
#include "sim/mail/sasl/exchanges.hpp"
#include "sim/mail/sasl/md5.hpp"

namespace postack::mail::sasl {
namespace {

class CramMd5Server final : public ServerExchange {
   public:
    CramMd5Server(FindPassword find, std::string stamp)
        : find_(std::move(find)), stamp_(std::move(stamp)) {}

    Step next(std::optional<std::string_view> message) override {
        if (!message) {
            asked_ = true;
            return {Status::challenge, stamp_};
        }
        if (!asked_) return {};  // The server speaks first: there can be no initial response.
        const std::size_t space = message->rfind(' ');
        if (space == std::string_view::npos) return {};
        const std::string_view name = message->substr(0, space);
        const auto password = find_(name);
        if (!password || message->substr(space + 1) != hex(hmac_md5(*password, stamp_))) {
            return {Status::refused, {}};
        }
        return {Status::accepted, std::string{name}};
    }

   private:
    FindPassword find_;
    std::string stamp_;
    bool asked_ = false;
};

class CramMd5Client final : public ClientExchange {
   public:
    explicit CramMd5Client(Login login) : login_(std::move(login)) {}
    std::optional<std::string> initial() override { return std::nullopt; }
    core::Result<std::string> answer(std::string_view challenge) override {
        return login_.name + " " + hex(hmac_md5(login_.password, challenge));
    }

   private:
    Login login_;
};

}  // namespace

std::unique_ptr<ServerExchange> cram_md5_server(FindPassword find, const std::string& stamp) {
    return std::make_unique<CramMd5Server>(std::move(find), stamp);
}
std::unique_ptr<ClientExchange> cram_md5_client(Login login, const std::string&) {
    return std::make_unique<CramMd5Client>(std::move(login));
}

}  // namespace postack::mail::sasl
