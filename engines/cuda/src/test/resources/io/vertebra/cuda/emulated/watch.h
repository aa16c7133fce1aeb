// Looks at every access of a kernel to memory: whether the memory is there, and whether another thread could be at it too. The
// kernels are compiled with -fsanitize=thread, which calls the functions that watch.cpp defines, in place of that tool's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace emulated {

// Who is at work, or was last at a place.
struct Mark {
    std::uint32_t launch, block;
    std::uint32_t barriers;      // of the block, that lie behind
    std::uint16_t warp_barriers; // of the warp
    std::uint16_t thread;
};

// Set by the scheduler.
extern Mark here;

// Whether it is this thread of the processor that runs a kernel: templates of the library are one code for all, watched too.
extern thread_local bool runs_kernels __attribute__((tls_model("initial-exec"))); // or a call at each access

// Memory that kernels may use.
void enter_memory(char *address, std::size_t bytes, const std::string &name);
void leave_memory(char *address);

// The stack of the fiber that runs.
extern char *stack_begin, *stack_end;

} // namespace emulated
