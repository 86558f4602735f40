#include "sim/apps/discard_server.hpp"

#include <utility>

namespace postack::apps {
namespace {

class DiscardSession final : public StreamSession {
   public:
    void start(core::Instant) override {}
    std::size_t receive(core::BytesView bytes, core::Instant) override { return bytes.size(); }
    std::optional<StreamAnswer> next(core::Instant) override {
        if (!ended_) return std::nullopt;
        ended_ = false;
        StreamAnswer answer;
        answer.command = "end-of-input";
        answer.close = true;
        return answer;
    }
    void end_of_input(core::Instant) override { ended_ = true; }
    [[nodiscard]] core::Instant next_deadline() const override { return core::never; }
    void timers(core::Instant) override {}

   private:
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<StreamServer> make_discard_server(StreamServerConfig config,
                                                  std::shared_ptr<MailHost> host) {
    return std::make_unique<StreamServer>(
        std::move(config), std::move(host),
        [](const wire::Endpoint&) { return std::make_unique<DiscardSession>(); });
}

}  // namespace postack::apps
