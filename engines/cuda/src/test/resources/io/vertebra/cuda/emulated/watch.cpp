#include "watch.h"
#include "emulator.h"

#include <map>
#include <sys/mman.h>

// The library itself, in which the shared variables of all kernels lie: set by the linker.
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));

namespace emulated {

Mark here;
thread_local bool runs_kernels;
char *stack_begin, *stack_end;

namespace {

constexpr std::uint16_t LANES = 0x8000;   // with the warp's number: several threads of one warp
constexpr std::uint16_t THREADS = 0xffff; // several of one block
constexpr std::uint32_t BLOCKS = 0xffffffff;

// The last accesses to a grain. Only those of the launch that runs count, so nothing is ever cleared.
struct Place {
    Mark read, written;

    bool is_of(std::uint32_t launch) const {
        return read.launch == launch || written.launch == launch;
    }
};

Place *no_accesses(std::size_t bytes) {
    void *zeros = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return static_cast<Place *>(zeros);
}

// A grain has four bytes, and two from the first access on that needs it: neighbours may then be of two threads.
struct Memory {
    char *begin, *end;
    unsigned shift = 2; // the grain's size as a power of two
    Place *places;
    std::string name;

    Memory(char *address, std::size_t bytes, std::string called) : begin(address), end(address + bytes), name(called) {
        places = no_accesses(shadow());
    }

    Memory(const Memory &) = delete;

    ~Memory() {
        munmap(places, shadow());
    }

    std::size_t shadow() const {
        return (((std::size_t)(end - begin) >> shift) + 4) * sizeof(Place);
    }

    bool is_finer(const char *at, std::size_t bytes) const {
        return ((at - begin) | bytes) & ((1u << shift) - 1);
    }

    void halve_grains() {
        Place *wide = places;
        std::size_t count = ((std::size_t)(end - begin) >> shift) + 1, before = shadow();
        shift = 1;
        places = no_accesses(shadow());
        for (std::size_t i = 0; i < count; i++) {
            if (wide[i].is_of(here.launch)) {
                places[2 * i] = places[2 * i + 1] = wide[i];
            }
        }
        munmap(wide, before);
    }

    bool holds(const char *at, std::size_t bytes) const {
        return at >= begin && at + bytes <= end;
    }
};

std::map<char *, Memory> memories;
Memory *recent[4]; // a kernel goes to and fro between some
unsigned next_recent;

Memory shared(__ehdr_start, (std::size_t)(_end - __ehdr_start), "shared memory");

std::string describe(const char *does, std::size_t bytes) {
    return "thread " + std::to_string(here.thread) + " " + does + " " + std::to_string(bytes) + " bytes";
}

[[noreturn]] void beyond(const char *does, const char *at, std::size_t bytes) {
    std::string text = describe(does, bytes) + " that are no memory";
    auto after = memories.upper_bound(const_cast<char *>(at));
    if (after != memories.begin()) {
        Memory &before = std::prev(after)->second;
        text += ", at byte " + std::to_string(at - before.begin) + " of " + before.name + " with its "
                + std::to_string(before.end - before.begin);
    }
    fail(text.c_str());
}

inline Memory *find(const char *at, std::size_t bytes) {
    for (Memory *memory : recent) {
        if (memory != nullptr && memory->holds(at, bytes)) {
            return memory;
        }
    }
    auto after = memories.upper_bound(const_cast<char *>(at));
    if (after == memories.begin() || !std::prev(after)->second.holds(at, bytes)) {
        return nullptr;
    }
    return recent[next_recent++ % 4] = &std::prev(after)->second;
}

// Whether nothing orders what was done there before what is done here.
inline bool unordered(const Mark &there, bool shared_memory) {
    if (there.launch != here.launch || (shared_memory && there.block != here.block)) {
        return false;
    }
    if (there.block != here.block) {
        return true;
    }
    if (there.barriers != here.barriers || there.thread == here.thread) {
        return false;
    }
    bool same_warp = there.thread == (LANES | here.thread / 32) || (there.thread < LANES && there.thread / 32 == here.thread / 32);
    return !same_warp || there.warp_barriers == here.warp_barriers;
}

// What is known of the readers of a grain after one more.
void add_reader(Mark &readers, bool shared_memory) {
    if (!unordered(readers, shared_memory)) {
        bool others = readers.launch == here.launch && readers.block == BLOCKS;
        readers = here;
        if (others) {
            readers.block = BLOCKS;
        }
    } else if (readers.block != here.block) {
        readers.block = BLOCKS;
    } else if (readers.thread == (LANES | here.thread / 32) || (readers.thread < LANES && readers.thread / 32 == here.thread / 32)) {
        readers.thread = (std::uint16_t)(LANES | here.thread / 32);
    } else {
        readers.thread = THREADS;
    }
}

[[noreturn]] void race(const char *does, const char *at, std::size_t bytes, const Memory &memory, const Mark &other, bool write) {
    std::string who = other.block != here.block ? "another block"
            : other.thread < LANES              ? "thread " + std::to_string(other.thread)
                                                : "other threads";
    std::string where = &memory == &shared ? "" : "byte " + std::to_string(at - memory.begin) + " of ";
    std::string text = describe(does, bytes) + " in " + where + memory.name + " that " + who + (write ? " wrote" : " read");
    fail((text + ", with no barrier between").c_str());
}

// One code for each size and kind of access: it runs at every access of every thread.
template <bool WRITE>
inline __attribute__((always_inline)) void look(const void *address, std::size_t bytes) {
    if (!runs_kernels) {
        return;
    }
    const char *at = static_cast<const char *>(address), *does = WRITE ? "writes" : "reads";
    if (at >= stack_begin && at < stack_end) {
        return;
    }
    bool shared_memory = at >= __ehdr_start && at < _end;
    Memory *memory = shared_memory ? &shared : find(at, bytes);
    if (__builtin_expect(memory == nullptr, false)) {
        beyond(does, at, bytes);
    }
    if (__builtin_expect(memory->shift > 1 && memory->is_finer(at, bytes), false)) {
        memory->halve_grains();
    }
    std::size_t last = (std::size_t)(at + bytes - 1 - memory->begin) >> memory->shift;
    for (std::size_t grain = (std::size_t)(at - memory->begin) >> memory->shift; grain <= last; grain++) {
        Place &place = memory->places[grain];
        if (unordered(place.written, shared_memory)) {
            race(does, at, bytes, *memory, place.written, true);
        }
        if (!WRITE) {
            add_reader(place.read, shared_memory);
        } else if (unordered(place.read, shared_memory)) {
            race(does, at, bytes, *memory, place.read, false);
        } else {
            place.written = here;
        }
    }
}

} // namespace

void enter_memory(char *address, std::size_t bytes, const std::string &name) {
    memories.try_emplace(address, address, bytes, name);
}

void leave_memory(char *address) {
    memories.erase(address);
    for (Memory *&memory : recent) {
        memory = nullptr;
    }
}

} // namespace emulated

#define WATCH_AS(name, bytes)                                                                                             \
    extern "C" void __tsan_##name##read##bytes(void *at) {                                                                \
        emulated::look<false>(at, bytes);                                                                                 \
    }                                                                                                                     \
    extern "C" void __tsan_##name##write##bytes(void *at) {                                                               \
        emulated::look<true>(at, bytes);                                                                                  \
    }
#define WATCH(bytes) WATCH_AS(, bytes) WATCH_AS(unaligned_, bytes)
WATCH(1)
WATCH(2)
WATCH(4)
WATCH(8)
WATCH(16)

extern "C" void __tsan_read_range(void *at, unsigned long bytes) {
    emulated::look<false>(at, bytes);
}

extern "C" void __tsan_write_range(void *at, unsigned long bytes) {
    emulated::look<true>(at, bytes);
}

extern "C" void __tsan_init() {}

// As -fsanitize=alignment hands it over: where, what for, and the alignment as a power of two.
struct Misplaced {
    const char *file;
    std::uint32_t line, column;
    const void *type;
    unsigned char shift, kind;
};

// An address of several elements at once that a card would refuse. The functions above cannot know: the compiler takes such a copy
// apart, and tells them of each element.
extern "C" void __ubsan_handle_type_mismatch_v1(Misplaced *there, std::uintptr_t) {
    if (!emulated::runs_kernels) {
        return;
    }
    const char *name = strrchr(there->file, '/');
    std::string where = std::string(name != nullptr ? name + 1 : there->file) + ":" + std::to_string(there->line);
    std::string text = "thread " + std::to_string(emulated::here.thread) + " takes what lies at no multiple of "
            + std::to_string(1u << there->shift) + " bytes, in " + where;
    emulated::fail(text.c_str());
}
