// SCRAM-SHA-256 (RFC 7677, with the messages of RFC 5802):
//
//   client-first  n,,n=user,r=NONCE              server-first  r=NONCEmore,s=SALT,i=4096
//   client-final  c=biws,r=NONCEmore,p=PROOF     server-final  v=SIGNATURE
//
// The password does not travel, a server needs only what it derives from it, and the client learns
// whether the server knows it too.
#include <algorithm>

#include <fmt/format.h>

#include "sim/core/units.hpp"
#include "sim/mail/sasl/base64.hpp"
#include "sim/mail/sasl/digest.hpp"
#include "sim/mail/sasl/exchanges.hpp"

namespace postack::mail::sasl {
namespace {

constexpr std::uint32_t iterations = 4096;         // RFC 7677, section 4: at least so many
constexpr std::uint64_t max_iterations = 100'000;  // that a client computes: our choice
constexpr std::string_view gs2_header = "n,,";     // no channel binding, no authorization identity

// RFC 5802, section 5.1: "=2C" and "=3D" stand for ',' and '='; nullopt: another '='.
std::optional<std::string> saslname(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            name += text[i];
        } else if (text.substr(i, 3) == "=2C" || text.substr(i, 3) == "=3D") {
            name += text[i + 2] == 'C' ? ',' : '=';
            i += 2;
        } else {
            return std::nullopt;
        }
    }
    if (name.empty()) return std::nullopt;
    return name;
}

std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == ',') {
            text += "=2C";
        } else if (c == '=') {
            text += "=3D";
        } else {
            text += c;
        }
    }
    return text;
}

// Takes "x=value" and the comma behind it from the front; nullopt if another attribute is there.
std::optional<std::string_view> take(std::string_view& rest, char attribute) {
    if (rest.size() < 2 || rest[0] != attribute || rest[1] != '=') return std::nullopt;
    const std::size_t comma = rest.find(',');
    const std::string_view value = rest.substr(2, comma == rest.npos ? comma : comma - 2);
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    return value;
}

bool is_nonce(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

std::string exclusive_or(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

struct Keys {
    std::string client_key, stored_key, server_key;
};

Keys derive(std::string_view password, std::string_view salt, std::uint32_t count) {
    const std::string salted = salted_password(password, salt, count);
    Keys keys;
    keys.client_key = hmac_sha256(salted, "Client Key");
    keys.stored_key = sha256(keys.client_key);
    keys.server_key = hmac_sha256(salted, "Server Key");
    return keys;
}

class ScramServer final : public ServerExchange {
   public:
    ScramServer(FindPassword find, std::string stamp)
        : find_(std::move(find)), stamp_(std::move(stamp)) {}

    Step next(std::optional<std::string_view> message) override {
        if (!message) return {Status::challenge, {}};
        switch (phase_) {
            case Phase::first: return client_first(*message);
            case Phase::final: return client_final(*message);
            case Phase::done: break;
        }
        // SMTP has no room for the signature beside 235: it was a challenge, and this the empty
        // response to it (RFC 4422, section 3.6).
        if (!message->empty()) return {};
        return {Status::accepted, name_};
    }

   private:
    enum class Phase : std::uint8_t { first, final, done };

    Step client_first(std::string_view message) {
        // 'n': the client does no channel binding; 'y': it would, but we do not announce it.
        if (!message.starts_with("n,") && !message.starts_with("y,")) return {};
        const std::size_t comma = message.find(',', 2);
        if (comma == std::string_view::npos) return {};
        header_ = std::string{message.substr(0, comma + 1)};
        std::string_view authorization = message.substr(2, comma - 2);
        std::string_view rest = message.substr(comma + 1);
        client_first_bare_ = std::string{rest};
        const auto name = take(rest, 'n');  // An 'm=' here is an extension that we must refuse.
        const auto nonce = take(rest, 'r');
        if (!name || !nonce || !is_nonce(*nonce)) return {};
        const auto user = saslname(*name);
        if (!user) return {};
        if (!authorization.empty()) {
            const auto acting_for = take(authorization, 'a');
            if (!acting_for) return {};
            if (saslname(*acting_for) != user) return {Status::refused, {}};
        }
        name_ = *user;
        nonce_ = std::string{*nonce} + to_base64(sha256(stamp_)).substr(0, nonce_characters);
        // The salt of an account is always the same; one that does not exist has one too, so that
        // a stranger learns nothing.
        const std::string salt = sha256("salt of " + name_).substr(0, salt_bytes);
        known_ = find_(name_);
        keys_ = derive(known_.value_or(stamp_), salt, iterations);
        server_first_ = fmt::format("r={},s={},i={}", nonce_, to_base64(salt), iterations);
        phase_ = Phase::final;
        return {Status::challenge, server_first_};
    }

    Step client_final(std::string_view message) {
        const std::size_t proof_at = message.rfind(",p=");
        if (proof_at == std::string_view::npos) return {};
        const auto proof = from_base64(message.substr(proof_at + 3));
        const std::string_view without_proof = message.substr(0, proof_at);
        std::string_view rest = without_proof;
        const auto binding = take(rest, 'c');
        const auto nonce = take(rest, 'r');
        if (!binding || !nonce || !proof) return {};
        if (from_base64(*binding) != header_) return {};
        if (*nonce != nonce_) return {Status::refused, {}};
        const std::string all =
            client_first_bare_ + "," + server_first_ + "," + std::string{without_proof};
        const std::string client_key = exclusive_or(*proof, hmac_sha256(keys_.stored_key, all));
        if (!known_ || sha256(client_key) != keys_.stored_key) return {Status::refused, {}};
        phase_ = Phase::done;
        return {Status::challenge, "v=" + to_base64(hmac_sha256(keys_.server_key, all))};
    }

    static constexpr std::size_t nonce_characters = 24;
    static constexpr std::size_t salt_bytes = 16;

    FindPassword find_;
    std::string stamp_, name_, header_, client_first_bare_, server_first_, nonce_;
    std::optional<std::string> known_;
    Keys keys_;
    Phase phase_ = Phase::first;
};

class ScramClient final : public ClientExchange {
   public:
    ScramClient(Login login, const std::string& stamp)
        : login_(std::move(login)),
          nonce_(to_base64(sha256("client " + stamp)).substr(0, 24)),
          first_bare_("n=" + escaped(login_.name) + ",r=" + nonce_) {}

    std::optional<std::string> initial() override { return first_message(); }

    core::Result<std::string> answer(std::string_view challenge) override {
        if (challenge.empty() && !first_answered_) return first_message();
        if (!first_answered_) return final_message(challenge);
        std::string_view rest = challenge;
        const auto signature = take(rest, 'v');
        if (!signature || *signature != to_base64(signature_)) {
            return core::Error{"SCRAM-SHA-256: the server does not know the password"};
        }
        complete_ = true;
        return std::string{};
    }
    [[nodiscard]] bool complete() const override { return complete_; }

   private:
    [[nodiscard]] std::string first_message() const {
        return std::string{gs2_header} + first_bare_;
    }

    core::Result<std::string> final_message(std::string_view challenge) {
        std::string_view rest = challenge;
        const auto nonce = take(rest, 'r');
        const auto salt_text = take(rest, 's');
        const auto count_text = take(rest, 'i');
        if (!nonce || !salt_text || !count_text) {
            return core::Error{"SCRAM-SHA-256: not a first message of a server"};
        }
        const auto salt = from_base64(*salt_text);
        const auto count = core::parse_count(*count_text, max_iterations);
        if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size() || !salt || !count ||
            *count < iterations) {
            return core::Error{"SCRAM-SHA-256: nonce, salt or iteration count is wrong"};
        }
        first_answered_ = true;
        const Keys keys = derive(login_.password, *salt, static_cast<std::uint32_t>(*count));
        const std::string without_proof =
            "c=" + to_base64(gs2_header) + ",r=" + std::string{*nonce};
        const std::string all = first_bare_ + "," + std::string{challenge} + "," + without_proof;
        signature_ = hmac_sha256(keys.server_key, all);
        const std::string proof = exclusive_or(keys.client_key, hmac_sha256(keys.stored_key, all));
        return without_proof + ",p=" + to_base64(proof);
    }

    Login login_;
    std::string nonce_, first_bare_, signature_;
    bool first_answered_ = false, complete_ = false;
};

}  // namespace

std::unique_ptr<ServerExchange> scram_sha_256_server(FindPassword find, const std::string& stamp) {
    return std::make_unique<ScramServer>(std::move(find), stamp);
}
std::unique_ptr<ClientExchange> scram_sha_256_client(Login login, const std::string& stamp) {
    return std::make_unique<ScramClient>(std::move(login), stamp);
}

}  // namespace postack::mail::sasl
