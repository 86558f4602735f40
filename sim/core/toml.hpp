// toml++, whose parser asserts more of a wrong file than holds: a key that begins with what no key
// has is told as an error a few lines later. A file is input, and must not end the program.
#pragma once

#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>
