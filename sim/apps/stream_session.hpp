// What a server app asks of a protocol engine. The server sessions of mail/smtp, mail/pop3 and
// mail/imap all have this shape; EngineSession makes any of them one of these, so that one app
// (stream_server) carries them all, and a bridge to real sockets can too.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/bytes.hpp"
#include "sim/core/time.hpp"

namespace postack::apps {

/// One thing that a server does next.
struct StreamAnswer {
    std::string_view command;         ///< what it answers: the key of a scenario's think times
    std::vector<std::string> writes;  ///< each is one write() of the server; may be none
    bool close = false;               ///< the server closes after the writes
    core::Duration extra_delay{0};    ///< before the first write, besides the think time
};

class StreamSession {
   public:
    virtual ~StreamSession() = default;
    /// The connection is there.
    virtual void start(core::Instant now) = 0;
    /// Bytes of the stream in any split; returns how many were taken, the rest is offered again.
    virtual std::size_t receive(core::BytesView bytes, core::Instant now) = 0;
    /// The next answer due; nullopt: it needs bytes, the end of input, or a timer.
    virtual std::optional<StreamAnswer> next(core::Instant now) = 0;
    /// The client has sent FIN.
    virtual void end_of_input(core::Instant now) = 0;
    /// When timers() is to be called; core::never: not at all.
    [[nodiscard]] virtual core::Instant next_deadline() const = 0;
    virtual void timers(core::Instant now) = 0;
};

/// A StreamSession around an engine with these members and an Answer with the fields of
/// StreamAnswer.
template <typename Engine>
class EngineSession final : public StreamSession {
   public:
    template <typename... Arguments>
    explicit EngineSession(Arguments&&... arguments)
        : engine_(std::forward<Arguments>(arguments)...) {}

    void start(core::Instant now) override { engine_.start(now); }
    std::size_t receive(core::BytesView bytes, core::Instant now) override {
        return engine_.receive(bytes, now);
    }
    std::optional<StreamAnswer> next(core::Instant now) override {
        auto answer = engine_.next(now);
        if (!answer) return std::nullopt;
        return StreamAnswer{answer->command, std::move(answer->writes), answer->close,
                            answer->extra_delay};
    }
    void end_of_input(core::Instant now) override { engine_.end_of_input(now); }
    [[nodiscard]] core::Instant next_deadline() const override { return engine_.next_deadline(); }
    void timers(core::Instant now) override { engine_.timers(now); }

    [[nodiscard]] Engine& engine() { return engine_; }

   private:
    Engine engine_;
};

}  // namespace postack::apps
