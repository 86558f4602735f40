#include "sim/compare/trials.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "sim/compare/dialogue.hpp"
#include "sim/core/random.hpp"
#include "sim/record/serialize.hpp"

namespace postack::compare {
namespace {

std::uint64_t seed_of(const Plan& plan, Millionths loss, std::uint32_t trial) {
    return core::Random{plan.seed}.fork(loss).fork(trial)();
}

Trial measure(const scenario::Scenario& dialogue, const Yardstick& yardstick,
              const record::Recording& recording) {
    Trial trial;
    trial.done = true;
    const Evidence found = evidence(dialogue, recording);
    trial.outcome = yardstick.judge(found);
    if (trial.outcome != Outcome::never) {
        core::Instant start = core::never;
        for (const scenario::TypistPart& typist : dialogue.typists)
            start = std::min(start, typist.start);
        const core::Instant arrival = yardstick.arrival(found);
        if (arrival != core::never) trial.time = arrival - start;
    }
    trial.packets = static_cast<std::uint32_t>(recording.packets.size());
    for (const record::Packet& packet : recording.packets)
        trial.bytes += packet.length;
    return trial;
}

/// What the threads share: the trials of a shard are taken in order, one at a time.
struct Work {
    const Plan& plan;
    const Shard shard;
    const Yardstick& yardstick;
    std::vector<scenario::Scenario> dialogues;  // by rate and transport
    std::vector<Trial>& trials;
    std::size_t count = 0;  // of this shard
    std::atomic<std::size_t> next{0}, finished{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::optional<std::pair<std::size_t, core::Error>> error;  // the first in the order of trials

    // Works on one trial, over all transports; false if there is none left.
    bool one() {
        const std::size_t mine = next.fetch_add(1);
        if (mine >= count || failed) return false;
        const std::size_t number = shard.number - 1 + mine * shard.of;
        const std::size_t loss = number / plan.trials;
        const auto trial = static_cast<std::uint32_t>(number % plan.trials);
        for (std::size_t c = 0; c < carriers.size(); ++c) {
            scenario::Scenario dialogue = dialogues[loss * carriers.size() + c];
            dialogue.seed = seed_of(plan, plan.losses[loss], trial);
            const auto recording = scenario::run(dialogue);
            if (!recording) {
                fail(number, recording.error());
                return false;
            }
            trials[number * carriers.size() + c] = measure(dialogue, yardstick, *recording);
        }
        ++finished;
        return true;
    }

    void fail(std::size_t number, const core::Error& why) {
        const std::lock_guard lock{mutex};
        if (!error || number < error->first) error = {number, why};
        failed = true;
    }
};

// The dialogue without loss, which all others are held against.
struct Model {
    Yardstick yardstick;
    std::uint64_t digest = 0;
};

core::Result<Model> model_of(const scenario::Scenario& scenario, core::Duration pause) {
    if (const auto mail = check_dialogue(scenario); !mail) return mail.error();
    const scenario::Scenario quiet = dialogue_over(scenario, apps::Carrier::tcp, 0, pause);
    const auto recording = scenario::run(quiet);
    if (!recording) return recording.error();
    auto yardstick = Yardstick::make(quiet, *recording);
    if (!yardstick) return yardstick.error();
    return Model{std::move(*yardstick), record::digest(*recording)};
}

}  // namespace

core::Status check_scenario(const scenario::Scenario& scenario, core::Duration pause) {
    const auto model = model_of(scenario, pause);
    if (!model) return model.error();
    return core::success();
}

core::Result<Results> run_trials(const scenario::Scenario& scenario, const Plan& plan, Shard shard,
                                 unsigned threads, const Progress& progress) {
    if (const auto sound = check(plan); !sound) return sound.error();
    auto model = model_of(scenario, plan.pause);
    if (!model) return model.error();

    Results results;
    results.scenario = scenario.lesson.name;
    results.protocol = scenario.protocol;
    results.title = scenario.lesson.title;
    results.reference = model->digest;
    results.plan = plan;
    results.shard = shard;
    results.trials.resize(plan.dialogues());

    Work work{plan, shard, model->yardstick, {}, results.trials, 0, {}, {}, {}, {}, {}};
    for (const Millionths loss : plan.losses) {
        for (const apps::Carrier carrier : carriers)
            work.dialogues.push_back(dialogue_over(scenario, carrier, loss, plan.pause));
    }
    const std::size_t all = plan.losses.size() * plan.trials;
    work.count = all < shard.number ? 0 : (all - shard.number) / shard.of + 1;

    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t helpers =
        std::min<std::size_t>(threads, std::max<std::size_t>(work.count, 1));
    {
        std::vector<std::jthread> team;
        for (std::size_t i = 1; i < helpers; ++i)
            team.emplace_back([&work] {
                while (work.one()) {
                }
            });
        while (work.one()) {
            if (progress) progress(work.finished, work.count);
        }
    }
    if (work.error) return work.error->second;
    if (progress) progress(work.count, work.count);
    return results;
}

}  // namespace postack::compare
