// What every file of kernels uses. A file is compiled once for each type of values: T is float or bf16.
//
// Rules, so that the same sources run on a processor in tests (EmulatedDevice) and give the same bits at each run:
// - a file includes headers of this folder alone, which know no T and are all read once for a unit;
// - kernels are declared with KERNEL; parameters are pointers, int, long long and float;
// - maps lie channels last (N, H, W, C); sums are float;
// - no atomics, no dynamic shared memory, no intrinsics but __syncthreads, __shfl_xor_sync over whole warps, __expf,
//   __fdividef and __fmul_rn;
// - no thread leaves a kernel before a __syncthreads that others wait in.
#pragma once

#ifndef KERNEL
#define KERNEL extern "C" __global__ void
#endif

typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

// The upper half of a float; rounding is to the nearest, ties to even. Without CUDA's header, which NVRTC would have to find.
struct bf16 {
    unsigned short bits;
};

__device__ inline float to_float(float value) {
    return value;
}

__device__ inline float to_float(bf16 value) {
    return __uint_as_float((u32)value.bits << 16);
}

__device__ inline float to_float(int value) {
    return (float)value;
}

template <typename E>
__device__ inline E from_float(float value);

template <>
__device__ inline float from_float<float>(float value) {
    return value;
}

template <>
__device__ inline bf16 from_float<bf16>(float value) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    unsigned short rounds_so; // one instruction instead of seven, which functions of single elements would wait for
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounds_so) : "f"(value));
    return bf16{rounds_so};
#else
    u32 bits = __float_as_uint(value);
    bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
    u32 rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return bf16{(unsigned short)(nan ? 0x7fc0u : rounded)};
#endif
}

// Sixteen bytes at once: four floats or eight bf16.
template <typename E>
struct alignas(16) Pack {
    static constexpr int N = 16 / sizeof(E);
    E v[N];
};

// Two elements.
template <typename E>
struct alignas(2 * sizeof(E)) Pair {
    static constexpr int N = 2;
    E v[N];
};

// Four elements: half a pack of bf16, where a thread holds several numbers for each of them.
template <typename E>
struct alignas(4 * sizeof(E)) Four {
    static constexpr int N = 4;
    E v[N];
};

// One element, where packs do not fit: code that is written for V works with all of these.
template <typename E>
struct Single {
    static constexpr int N = 1;
    E v[N];
};

template <typename V, typename E>
__device__ inline V load(const E *at) {
    return *reinterpret_cast<const V *>(at);
}

template <typename V, typename E>
__device__ inline void store(E *at, const V &values) {
    *reinterpret_cast<V *>(at) = values;
}

template <typename E>
__device__ inline Pack<E> load_pack(const E *at) {
    return *reinterpret_cast<const Pack<E> *>(at);
}

template <typename E>
__device__ inline void store_pack(E *at, const Pack<E> &pack) {
    *reinterpret_cast<Pack<E> *>(at) = pack;
}

// The value of another lane, that of the own number with some bits turned.
template <typename E>
__device__ inline E other_lane(E value, int turned) {
    return __shfl_xor_sync(0xffffffffu, value, turned);
}

// Lanes exchange four bytes at a time.
template <>
__device__ inline double other_lane<double>(double value, int turned) {
    union {
        double whole;
        u32 half[2];
    } bits{value};
    bits.half[0] = other_lane(bits.half[0], turned);
    bits.half[1] = other_lane(bits.half[1], turned);
    return bits.whole;
}

// The sum over a group of neighbouring lanes of a warp, a power of two, in every one; all lanes of the warp must call it.
template <typename E>
__device__ inline E group_sum(E value, int lanes) {
    for (int offset = lanes / 2; offset > 0; offset /= 2) {
        value += other_lane(value, offset);
    }
    return value;
}

template <typename E>
__device__ inline E warp_sum(E value) {
    return group_sum(value, 32);
}

// The same of the largest.
__device__ inline float group_max(float value, int lanes) {
    for (int offset = lanes / 2; offset > 0; offset /= 2) {
        value = fmaxf(value, other_lane(value, offset));
    }
    return value;
}

__device__ inline float warp_max(float value) {
    return group_max(value, 32);
}

// The sum over all threads of a block of whole warps, of floats, doubles or ints, in every thread; all of them must call it.
template <typename E>
__device__ inline E block_sum(E value) {
    __shared__ E sums[32];
    int warp = threadIdx.x / 32;
    value = warp_sum(value);
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        sums[warp] = value;
    }
    __syncthreads();
    E total = 0;
    for (int i = 0; i < (int)blockDim.x / 32; i++) {
        total += sums[i];
    }
    return total;
}

// Sums of an int over the threads before this one, and over all of a block of whole warps; all of them must call it.
struct Counted {
    int before, all;
};

__device__ inline Counted count_before(int value) {
    __shared__ int sums[32];
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    Counted in{0, value};
    for (int turned = 1; turned < 32; turned *= 2) {
        int other = other_lane(in.all, turned);
        in.before += lane & turned ? other : 0;
        in.all += other;
    }
    __syncthreads();
    if (lane == 0) {
        sums[warp] = in.all;
    }
    __syncthreads();
    int own = lane < (int)blockDim.x / 32 ? sums[lane] : 0;
    in.before += warp_sum(lane < warp ? own : 0);
    in.all = warp_sum(own);
    return in;
}

// partial[block] = what all its threads hold; all of them must call it.
__device__ inline void store_block_sum(double *partial, double value) {
    value = block_sum(value);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = value;
    }
}

// What the compiler must not compute once more where it is used.
__device__ inline void keep(u32 &value) {
    asm("" : "+r"(value));
}

// The number of this thread among all of a one-dimensional grid.
__device__ inline i64 thread_index() {
    return (i64)blockIdx.x * blockDim.x + threadIdx.x;
}

// The innermost coordinate of an index, which is left with the others. In 32 bits where they suffice: a division of 64 takes
// several times as long.
__device__ inline int take(i64 &index, int extent) {
    if ((index >> 32) == 0) {
        u32 low = (u32)index;
        u32 rest = low / (u32)extent;
        index = rest;
        return (int)(low - rest * (u32)extent);
    }
    i64 rest = index / extent;
    int coordinate = (int)(index - rest * extent);
    index = rest;
    return coordinate;
}

// N neighbours of a vector, in packs where N allows it: both the vector and the neighbours then begin at a multiple of 16 bytes.
template <int N>
__device__ inline void load_floats(const float *at, float (&values)[N]) {
    constexpr int P = N % 4 == 0 ? 4 : 1;
    for (int i = 0; i < N; i += P) {
        if (P == 4) {
            Pack<float> pack = load_pack(at + i);
            for (int k = 0; k < P; k++) {
                values[i + k] = pack.v[k];
            }
        } else {
            values[i] = at[i];
        }
    }
}

// Sums, rounded to where they belong.
template <typename V, typename E>
__device__ inline void store_sums(E *to, const float (&sums)[V::N]) {
    V result;
    for (int k = 0; k < V::N; k++) {
        result.v[k] = from_float<E>(sums[k]);
    }
    store<V>(to, result);
}

template <int N>
__device__ inline void store_floats(float *at, const float (&values)[N]) {
    for (int k = 0; k < N; k++) {
        at[k] = values[k];
    }
}

// The picture of a roi, or -1.
__device__ inline int picture_of(const float *roi, int n) {
    return roi[0] >= 0 && roi[0] < (float)n ? (int)roi[0] : -1;
}

// CounterHash of graph: random numbers without a state.
__device__ inline u64 mix(u64 z) {
    u64 x = z + 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

// 24 bits.
__device__ inline u32 random_bits(u64 key, u64 element) {
    return (u32)(mix(key + 0x9E3779B97F4A7C15ull * (element + 1)) >> 40);
}

__device__ inline float uniform(u64 key, u64 element) {
    return (float)random_bits(key, element) * 0x1p-24f;
}

// What dropout multiplies an element by, and drop path a picture: numbers below `rate` zero.
__device__ inline float kept(u64 key, u64 index, float rate, float factor) {
    return uniform(key, index) < rate ? 0 : factor;
}
