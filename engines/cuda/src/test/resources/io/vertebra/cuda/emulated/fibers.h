// Runs a kernel: its blocks one after the other, the threads of a block by turns.
#pragma once

#include "binding.h"

#include <string>

namespace emulated {

struct Grid {
    unsigned x, y, z, threads;
};

// Empty, or what went wrong.
std::string run(const Kernel &kernel, Grid grid, const long long *arguments, int count);

} // namespace emulated
