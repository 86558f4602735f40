// Any bytes as a Sieve script, and behind a line of dashes a message: what is right prints, is read
// again and prints the same; whatever it does, it ends, and something becomes of the message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/core/bytes.hpp"
#include "sim/mail/sieve/evaluate.hpp"
#include "sim/mail/sieve/limits.hpp"
#include "sim/mail/sieve/script.hpp"

using namespace postack;
using namespace postack::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = core::as_text({data, size});
    constexpr std::string_view dashes = "\n---\n";
    const std::size_t end = input.find(dashes);
    const std::string_view text = input.substr(0, end);
    const std::string_view message =
        end == std::string_view::npos ? std::string_view{} : input.substr(end + dashes.size());
    const sieve::ParsedScript parsed = sieve::parse_script(text);
    if (parsed.mistake) {
        if (parsed.mistake->at.line == 0 || parsed.mistake->message.empty()) std::abort();
        if (!parsed.script.commands.empty()) std::abort();
        return 0;
    }
    const std::string printed = sieve::print_script(parsed.script);
    const sieve::ParsedScript again = sieve::parse_script(printed);
    if (again.mistake || sieve::print_script(again.script) != printed) std::abort();

    const sieve::Incoming incoming{message, "dupont@lab.fr", "etudiant@lab.fr"};
    const sieve::Verdict verdict = sieve::evaluate(parsed.script, incoming);
    if (verdict.actions.empty() || verdict.actions.size() > sieve::max_actions) std::abort();
    sieve::Verdict other = sieve::evaluate(again.script, incoming);
    if (other.actions.size() != verdict.actions.size()) std::abort();
    for (std::size_t i = 0; i < other.actions.size(); ++i) {
        if (sieve::to_string(other.actions[i]) != sieve::to_string(verdict.actions[i])) {
            std::abort();
        }
    }
    return 0;
}
