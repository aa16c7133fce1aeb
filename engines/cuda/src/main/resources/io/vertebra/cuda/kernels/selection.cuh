// The least of many keys of 64 bits, no two of which are equal but for NONE.
#pragma once
#include "common.cuh"

// A key that is not there: larger than all others.
constexpr u64 NONE = ~0ull;

// A bound below which so many of a block's keys lie, all of them where there are no more: `below` counts those of a thread. bits:
// of the keys that may be set. All threads must call it.
template <typename B>
__device__ inline u64 bound_of(int wanted, int bits, B below) {
    if (count_before(below(NONE)).all <= wanted) {
        return NONE;
    }
    u64 bound = 0;
    for (int bit = bits - 1; bit >= 0; bit--) {
        u64 next = bound + (1ull << bit);
        int count = count_before(below(next)).all;
        if (count == wanted) {
            return next;
        }
        bound = count < wanted ? next : bound;
    }
    return bound;
}

// Sorts shared keys, a power of two, with all threads of a block.
__device__ inline void sort(u64 *keys, int count) {
    for (int size = 2; size <= count; size *= 2) {
        for (int apart = size / 2; apart > 0; apart /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < count / 2; i += blockDim.x) {
                int low = 2 * i - (i & (apart - 1));
                int high = low + apart;
                u64 a = keys[low];
                u64 b = keys[high];
                if ((a > b) == ((low & size) == 0)) {
                    keys[low] = b;
                    keys[high] = a;
                }
            }
        }
    }
    __syncthreads();
}
