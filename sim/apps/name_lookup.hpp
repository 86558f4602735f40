// A person who types nslookup: one question to a name server, and what its answer means. Words as
// those of BIND's nslookup.
#pragma once

#include <string>
#include <vector>

#include "sim/dns/resolver.hpp"
#include "sim/net/app.hpp"

namespace postack::apps {

struct TypedLookup {
    core::Instant at{};
    std::string name;
    dns::Type type = dns::Type::a;
};

struct NameLookupConfig {
    std::string prompt;
    wire::Endpoint name_server;
    dns::ResolverOptions resolver;
    std::uint64_t seed = 1;
    std::vector<TypedLookup> lookups;  ///< in the order of their times
};

class NameLookup final : public net::App {
   public:
    explicit NameLookup(NameLookupConfig config)
        : config_(std::move(config)), resolver_(config_.resolver, core::Random{config_.seed}) {}

    [[nodiscard]] std::string_view program() const override { return "nslookup"; }
    void start(net::AppContext& context) override;
    void timer(net::AppContext& context, std::uint64_t token) override;
    void event(net::AppContext& context, net::SocketHandle socket, net::SocketEvent event,
               net::SocketHandle child) override;

   private:
    void type_next(net::AppContext& context);
    void pump(net::AppContext& context);
    void show(net::AppContext& context, const dns::Found& found);

    NameLookupConfig config_;
    dns::Resolver resolver_;
    net::SocketHandle socket_ = net::no_socket;
    std::size_t next_ = 0;
    core::Instant timer_at_ = core::never;
};

}  // namespace postack::apps
