// Runs a fuzz target without libFuzzer, so that any compiler and every test run can.
//
//   fuzz_x FILE|DIRECTORY...            each file once: to see a finding again
//   fuzz_x --mutate N [--seed S] DIR... the files of DIR, then N mutations of them
//
// The same seed gives the same inputs on every machine: the generator is written out here, and
// files are taken in the order of their names. There is no coverage feedback; to look for new
// findings use libFuzzer (the CMake preset `fuzz`).
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

// Longest mutated input: past every line limit of the mail protocols, short enough to be quick.
constexpr std::size_t max_input = 16 * 1024;

// SplitMix64 (Steele, Lea, Flood 2014): small, and equal everywhere, unlike the distributions of
// the standard library.
class Random {
   public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    // A number below `limit`, which is not 0.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

   private:
    std::uint64_t state_;
};

Input read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(2);
    }
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return {text.begin(), text.end()};
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// The input being tried, for the report: set before each run, printed if the run aborts.
const Input* current = nullptr;

void run(const Input& input) {
    current = &input;
    // A copy of exactly this size, so that AddressSanitizer sees a read past its end.
    const Input exact(input.begin(), input.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    current = nullptr;
}

// Leaves the input that was being tried as ./fuzz-crash: a finding must be repeatable.
void save_current() {
    if (current == nullptr) return;
    if (std::FILE* out = std::fopen("fuzz-crash", "wb")) {
        std::fwrite(current->data(), 1, current->size(), out);
        std::fclose(out);
        std::fprintf(stderr, "the input is in ./fuzz-crash (%zu bytes)\n", current->size());
    }
}

extern "C" void on_abort(int) {
    save_current();
    std::_Exit(1);
}

// One small change, of the kinds that break parsers: bits, limits, cuts, repeats, joined inputs.
void mutate_once(Input& input, const std::vector<Input>& corpus, Random& random) {
    static constexpr std::uint8_t special[] = {0,    1,   9,    10,   13,   32,  34,  42,   46,
                                               0x3C, '>', 0x7F, 0x80, 0xC0, '{', '}', 0xFE, 0xFF};
    const std::size_t at = input.empty() ? 0 : random.below(input.size());
    const auto position = input.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(8)) {
        case 0:  // Flip one bit.
            if (!input.empty()) {
                input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << random.below(8)));
            }
            break;
        case 1:  // Set a byte to one that protocols treat specially.
            if (!input.empty()) input[at] = special[random.below(std::size(special))];
            break;
        case 2:  // Insert one.
            input.insert(position, special[random.below(std::size(special))]);
            break;
        case 3:  // Insert random bytes.
            for (std::size_t n = 1 + random.below(8); n > 0; --n) {
                input.insert(input.begin() + static_cast<std::ptrdiff_t>(at),
                             static_cast<std::uint8_t>(random.next()));
            }
            break;
        case 4: {  // Cut some out.
            const std::size_t length = std::min(input.size() - at, 1 + random.below(16));
            input.erase(position, position + static_cast<std::ptrdiff_t>(length));
            break;
        }
        case 5:  // End early.
            input.resize(at);
            break;
        case 6: {  // Say a piece many times: long lines, deep nesting, many options.
            const std::size_t length = std::min(input.size() - at, 1 + random.below(32));
            const Input piece(position, position + static_cast<std::ptrdiff_t>(length));
            for (std::size_t n = random.below(64); n > 0; --n) {
                input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(),
                             piece.end());
            }
            break;
        }
        default:  // Go on with the rest of another input.
            if (!corpus.empty()) {
                const Input& other = corpus[random.below(corpus.size())];
                if (other.empty()) break;
                const std::size_t from = random.below(other.size());
                input.resize(at);
                input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(from),
                             other.end());
            }
            break;
    }
    if (input.size() > max_input) input.resize(max_input);
}

std::uint64_t number(std::string_view option, const char* text) {
    std::uint64_t value = 0;
    const char* end = text + std::strlen(text);
    const auto [rest, error] = std::from_chars(text, end, value);
    if (error != std::errc() || rest != end) {
        std::fprintf(stderr, "%s wants a number, not %s\n", std::string(option).c_str(), text);
        std::exit(2);
    }
    return value;
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__)
// Called by AddressSanitizer before it ends the process on a finding.
extern "C" void __sanitizer_set_death_callback(void (*callback)(void));
#endif

int main(int argc, char** argv) {
    std::uint64_t mutations = 0;
    std::uint64_t seed = 1;
    std::vector<Input> corpus;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--mutate" && i + 1 < argc) {
            mutations = number(argument, argv[++i]);
        } else if (argument == "--seed" && i + 1 < argc) {
            seed = number(argument, argv[++i]);
        } else if (!std::filesystem::exists(argument)) {
            // A target without a corpus yet starts from the empty input.
            std::fprintf(stderr, "%s is not there: going on without\n", argv[i]);
        } else {
            for (const auto& file : files_of(argument))
                corpus.push_back(read_file(file));
        }
    }

#if defined(__SANITIZE_ADDRESS__)
    // Its own handler of SIGSEGV says more than ours could.
    __sanitizer_set_death_callback(save_current);
#else
    std::signal(SIGSEGV, on_abort);
#endif
    std::signal(SIGABRT, on_abort);

    run(Input{});
    for (const Input& input : corpus)
        run(input);

    Random random(seed);
    for (std::uint64_t i = 0; i < mutations; ++i) {
        Input input = corpus.empty() ? Input{} : corpus[random.below(corpus.size())];
        for (std::size_t n = 1 + random.below(6); n > 0; --n)
            mutate_once(input, corpus, random);
        run(input);
    }
    std::printf("%zu files and %llu mutations (seed %llu): nothing found\n", corpus.size(),
                static_cast<unsigned long long>(mutations), static_cast<unsigned long long>(seed));
    return 0;
}
