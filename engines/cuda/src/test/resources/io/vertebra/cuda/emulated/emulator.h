// The words of CUDA C++ that kernels use, on a processor. Included before common.cuh; the kernels lie in an anonymous namespace.
#pragma once

// C's own header: that of C++ takes longer to compile than a file of kernels.
#define _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#include <math.h>
#undef _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#include <string.h>

// What NVRTC does not define without headers must not be here either.
#undef INFINITY
#undef NAN
#undef HUGE_VALF
#undef M_PI

#define __device__
#define __global__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __restrict__ __restrict
#define __launch_bounds__(...)
// One place a variable, for blocks run one after the other; all but those of templates are scribbled over before a launch.
#define __shared__ __attribute__((section("emulated_shared"))) static
#define KERNEL static void

namespace emulated {

struct Index {
    unsigned x, y, z;
};

// A thread waits here until all threads of its block have come.
void sync_block();
// The same for the 32 threads of its warp.
void sync_warp();
// Gives a value to the warp and takes that of another lane.
unsigned exchange(unsigned value, unsigned lane);
// Ends the launch with a message that names the kernel.
[[noreturn]] void fail(const char *message);

inline void whole_warp(unsigned mask) {
    if (mask != 0xffffffffu) {
        fail("a mask of a warp that is not whole");
    }
}

} // namespace emulated

extern emulated::Index threadIdx, blockIdx, blockDim, gridDim;
constexpr int warpSize = 32;

inline void __syncthreads() {
    emulated::sync_block();
}

inline void __syncwarp(unsigned mask = 0xffffffffu) {
    emulated::whole_warp(mask);
    emulated::sync_warp();
}

template <typename V>
inline V __shfl_xor_sync(unsigned mask, V value, int lanes) {
    static_assert(sizeof(V) == 4, "exchange values of 4 bytes");
    emulated::whole_warp(mask);
    unsigned bits;
    memcpy(&bits, &value, 4);
    bits = emulated::exchange(bits, (threadIdx.x % 32) ^ (unsigned)lanes);
    memcpy(&value, &bits, 4);
    return value;
}

inline float __uint_as_float(unsigned bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

inline unsigned __float_as_uint(float value) {
    unsigned bits;
    memcpy(&bits, &value, 4);
    return bits;
}

inline float __int_as_float(int bits) {
    return __uint_as_float((unsigned)bits);
}

inline int __float_as_int(float value) {
    return (int)__float_as_uint(value);
}

inline float rsqrtf(float x) {
    return 1 / sqrtf(x);
}

inline float __expf(float x) {
    return expf(x);
}

inline float __logf(float x) {
    return logf(x);
}

inline float __fdividef(float x, float y) {
    return x / y;
}

// Rounded before anything is added to it.
inline float __fmul_rn(float x, float y) {
    return x * y;
}

template <typename V>
inline V __ldg(const V *at) {
    return *at;
}

#define EMULATED_MIN_MAX(V)                                                                                               \
    inline V min(V a, V b) {                                                                                              \
        return b < a ? b : a;                                                                                             \
    }                                                                                                                     \
    inline V max(V a, V b) {                                                                                              \
        return a < b ? b : a;                                                                                             \
    }
EMULATED_MIN_MAX(int)
EMULATED_MIN_MAX(unsigned)
EMULATED_MIN_MAX(long long)
EMULATED_MIN_MAX(unsigned long long)
#undef EMULATED_MIN_MAX

inline float min(float a, float b) {
    return fminf(a, b);
}

inline float max(float a, float b) {
    return fmaxf(a, b);
}
