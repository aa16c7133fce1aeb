// Threads of a block as fibers. A fiber runs threads one after the other as long as none has to wait, so that a kernel without
// barriers switches never. A thread that waits keeps its fiber; the scheduler goes on with another.
#include "fibers.h"
#include "emulator.h"
#include "watch.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#if !defined(__x86_64__) || defined(EMULATED_UCONTEXT)
#include <ucontext.h>
#endif

emulated::Index threadIdx, blockIdx, blockDim, gridDim;

// Where the shared variables of all kernels lie: set by the linker where there are any.
extern char __start_emulated_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_emulated_shared[] __attribute__((weak, visibility("hidden")));

namespace emulated {
namespace {

constexpr int LARGEST_BLOCK = 1024;
constexpr int WARP = 32;
constexpr std::size_t STACK = 128 * 1024;

#if defined(__x86_64__) && !defined(EMULATED_UCONTEXT)

using Context = void *;

extern "C" __attribute__((visibility("hidden"))) void emulated_switch(void **from, void *to);
asm(R"(
    .text
    .globl emulated_switch
    .hidden emulated_switch
    .type emulated_switch, @function
emulated_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emulated_switch, .-emulated_switch
)");

void begin(Context &context, char *stack, void (*entry)()) {
    void **top = reinterpret_cast<void **>(stack + STACK);
    *--top = nullptr;
    *--top = reinterpret_cast<void *>(entry);
    for (int i = 0; i < 6; i++) {
        *--top = nullptr;
    }
    context = top;
}

void swap(Context &from, Context &to) {
    emulated_switch(&from, to);
}

#else

using Context = ucontext_t;

void begin(Context &context, char *stack, void (*entry)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = STACK;
    context.uc_link = nullptr;
    makecontext(&context, entry, 0);
}

void swap(Context &from, Context &to) {
    swapcontext(&from, &to);
}

#endif

struct Fiber {
    char *stack;
    Context context;
};

enum class State : char { NEW, READY, AT_BLOCK, AT_WARP, DONE };

struct Warp {
    int waiting;
    std::uint16_t barriers;
    unsigned values[2][WARP]; // by turns, so that one wait an exchange is enough
};

struct Thread {
    State state;
    Fiber *fiber;
    unsigned exchanges;
};

Context scheduler;
std::vector<std::unique_ptr<Fiber>> fibers;
std::vector<Fiber *> idle;
Fiber *running;

void (*invoke)(const long long *);
const long long *arguments;
int threads, begun, finished, at_block, current;
Thread thread[LARGEST_BLOCK];
Warp warps[LARGEST_BLOCK / WARP];
int ready[LARGEST_BLOCK], first_ready, ready_count;
std::string failure;
bool failed;
std::uint32_t launches;

// From here on this thread runs.
void stand(int mine) {
    current = mine;
    threadIdx.x = (unsigned)mine;
    here.thread = (std::uint16_t)mine;
    here.warp_barriers = warps[mine / WARP].barriers;
    stack_begin = running->stack;
    stack_end = running->stack + STACK;
}

void work();

Fiber *any_idle() {
    if (idle.empty()) {
        auto fiber = std::make_unique<Fiber>();
        fiber->stack = static_cast<char *>(aligned_alloc(4096, STACK));
        begin(fiber->context, fiber->stack, work);
        fibers.push_back(std::move(fiber));
        return fibers.back().get();
    }
    Fiber *fiber = idle.back();
    idle.pop_back();
    return fiber;
}

// The fiber that runs next: of a thread that need not wait any longer, or for threads that nobody has begun.
Fiber *next() {
    if (ready_count > 0) {
        int mine = ready[first_ready];
        first_ready = (first_ready + 1) % LARGEST_BLOCK;
        ready_count--;
        running = thread[mine].fiber;
        stand(mine);
        return running;
    }
    return begun < threads ? running = any_idle() : nullptr;
}

// Goes on with the next thread, or with the scheduler where there is none.
void leave(Fiber *self) {
    Fiber *fiber = next();
    swap(self->context, fiber != nullptr ? fiber->context : scheduler);
}

// What each fiber does, for ever: threads that nobody has begun.
void work() {
    for (;;) {
        while (begun < threads) {
            int mine = begun++;
            stand(mine);
            thread[mine] = Thread{State::READY, running, 0};
            invoke(arguments);
            thread[mine].state = State::DONE;
            finished++;
        }
        Fiber *self = running;
        idle.push_back(self);
        leave(self);
    }
}

void wait(State state) {
    thread[current].state = state;
    leave(running);
}

void release(State state, int from, int to) {
    for (int i = from; i < to; i++) {
        if (thread[i].state == state) {
            thread[i].state = State::READY;
            ready[(first_ready + ready_count++) % LARGEST_BLOCK] = i;
        }
    }
}

std::string stuck() {
    int waiting[5] = {};
    for (int i = 0; i < threads; i++) {
        waiting[(int)thread[i].state]++;
    }
    return std::to_string(waiting[(int)State::AT_BLOCK]) + " threads wait at __syncthreads, "
            + std::to_string(waiting[(int)State::AT_WARP]) + " within their warp, " + std::to_string(finished)
            + " have returned";
}

// After a failure nothing on the stacks is of use.
void forget_fibers() {
    idle.clear();
    for (auto &fiber : fibers) {
        begin(fiber->context, fiber->stack, work);
        idle.push_back(fiber.get());
    }
}

bool run_block() {
    here.barriers = 0;
    begun = finished = at_block = first_ready = ready_count = 0;
    for (int i = 0; i < threads; i++) {
        thread[i].state = State::NEW;
        warps[i / WARP].waiting = 0;
        warps[i / WARP].barriers = 0;
    }
    while (!failed && finished < threads) {
        Fiber *fiber = next();
        if (fiber == nullptr) {
            return false;
        }
        swap(scheduler, fiber->context);
    }
    return !failed;
}

} // namespace

void sync_block() {
    if (++at_block == threads) {
        at_block = 0;
        here.barriers++;
        release(State::AT_BLOCK, 0, threads);
    } else {
        wait(State::AT_BLOCK);
    }
}

// Once for itself, within an exchange too, which by itself orders no memory.
void meet_warp(bool barrier) {
    int first = current / WARP * WARP;
    Warp &warp = warps[current / WARP];
    if (++warp.waiting == WARP) {
        warp.waiting = 0;
        warp.barriers += barrier;
        here.warp_barriers = warp.barriers;
        release(State::AT_WARP, first, first + WARP);
    } else {
        wait(State::AT_WARP);
    }
}

void sync_warp() {
    meet_warp(true);
}

unsigned exchange(unsigned value, unsigned lane) {
    if (lane >= WARP) {
        fail("a lane beyond the warp");
    }
    unsigned *values = warps[current / WARP].values[thread[current].exchanges++ % 2];
    values[current % WARP] = value;
    meet_warp(false);
    return values[lane];
}

void fail(const char *message) {
    failure = message;
    failed = true;
    Context here{};
    swap(here, scheduler);
    abort(); // nobody comes back to a failed thread
}

std::string run(const Kernel &kernel, Grid grid, const long long *values, int count) {
    if (count > MOST_PARAMETERS) {
        return "too many arguments";
    }
    invoke = kernel.invoke;
    static long long copy[MOST_PARAMETERS];
    for (int i = 0; i < count; i++) {
        copy[i] = values[i];
    }
    arguments = copy;
    threads = (int)grid.threads;
    failed = false;
    here.launch = ++launches;
    runs_kernels = true;
    gridDim = Index{grid.x, grid.y, grid.z};
    blockDim = Index{grid.threads, 1, 1};
    threadIdx = Index{0, 0, 0};
    memset(__start_emulated_shared, 0xff, (std::size_t)(__stop_emulated_shared - __start_emulated_shared));
    for (unsigned z = 0; z < grid.z; z++) {
        for (unsigned y = 0; y < grid.y; y++) {
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = Index{x, y, z};
                here.block = (z * grid.y + y) * grid.x + x;
                if (!run_block()) {
                    std::string reason = failed ? failure : stuck();
                    forget_fibers();
                    runs_kernels = false;
                    return std::string(kernel.name) + ", block (" + std::to_string(x) + ", " + std::to_string(y) + ", "
                            + std::to_string(z) + "): " + reason;
                }
            }
        }
    }
    runs_kernels = false;
    return "";
}

} // namespace emulated
