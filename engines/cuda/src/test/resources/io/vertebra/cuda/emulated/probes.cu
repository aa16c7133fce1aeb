// Kernels for the tests of the emulator itself.
#include "common.cuh"

// Each thread writes the sum over its block, or over its warp.
KERNEL probe_block_sum(const T *x, float *y) {
    float value = to_float(x[thread_index()]);
    y[thread_index()] = block_sum(value);
}

KERNEL probe_warp_sum(const T *x, float *y, float *largest) {
    float value = to_float(x[thread_index()]);
    y[thread_index()] = warp_sum(value);
    largest[thread_index()] = warp_max(value);
}

// Two sums in a row: the second must not disturb the first.
KERNEL probe_two_sums(const T *x, float *y) {
    float value = to_float(x[thread_index()]);
    float sum = block_sum(value);
    y[thread_index()] = sum + block_sum(2 * value);
}

// All but the first threads of a block wait for those that have returned.
KERNEL probe_leaves_barrier(float *y, int leavers) {
    if ((int)threadIdx.x < leavers) {
        return;
    }
    __syncthreads();
    y[threadIdx.x] = 1;
}

// One lane does not take part in its warp's exchange.
KERNEL probe_leaves_warp(float *y) {
    if (threadIdx.x != 5) {
        y[threadIdx.x] = warp_sum(1);
    }
}

// Writes or reads one element at an index.
KERNEL probe_writes(T *y, i64 at) {
    if (thread_index() == 0) {
        y[at] = from_float<T>(1);
    }
}

KERNEL probe_reads(const T *x, float *y, i64 at) {
    if (thread_index() == 0) {
        y[0] = to_float(x[at]);
    }
}

// What lies in shared memory at first.
KERNEL probe_shared(float *y) {
    __shared__ float unwritten[32];
    y[threadIdx.x] = unwritten[threadIdx.x];
}

// Where each thread is, and that arguments of all types come through.
KERNEL probe_indices(int *y, i64 wide, int narrow, float real) {
    i64 block = ((i64)blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    i64 at = block * blockDim.x + threadIdx.x;
    y[at] = (int)at + (wide == 1ll << 40) + narrow + (int)(real * 2);
}

KERNEL probe_rounds(const float *x, T *y, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = from_float<T>(x[i]);
    }
}

KERNEL probe_uniform(const u64 *key, float *y, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = uniform(key[0], (u64)i);
    }
}

// Sixteen bytes at once.
KERNEL probe_packs(const T *x, T *y, i64 packs) {
    i64 i = thread_index();
    if (i < packs) {
        store_pack(y + i * Pack<T>::N, load_pack(x + i * Pack<T>::N));
    }
}

// Several elements at once, from anywhere to anywhere.
template <typename V>
__device__ void copy(const T *x, T *y, i64 from, i64 to) {
    store(y + to, load<V>(x + from));
}

KERNEL probe_places(const T *x, T *y, i64 from, i64 to, int count) {
    if (threadIdx.x > 0) {
        return;
    }
    if (count == Pair<T>::N) {
        copy<Pair<T>>(x, y, from, to);
    } else if (count == Four<T>::N) {
        copy<Four<T>>(x, y, from, to);
    } else {
        copy<Pack<T>>(x, y, from, to);
    }
}

// Each thread reads what its neighbour in the next lane, warp or block wrote, or would have with a barrier.
KERNEL probe_neighbour(float *y, float *z, int distance, int barrier) {
    i64 i = thread_index();
    y[i] = (float)i;
    if (barrier) {
        __syncthreads();
    }
    z[i] = y[(i + distance) % ((i64)gridDim.x * blockDim.x)];
}

// All threads write one element.
KERNEL probe_collides(float *y) {
    y[0] = 1;
}

// One thread writes a float, another reads an element of the same memory.
KERNEL probe_mixes(float *y, const T *same, float *z, i64 at, int barrier) {
    if (threadIdx.x == 0) {
        y[0] = 1;
    }
    if (barrier) {
        __syncthreads();
    }
    if (threadIdx.x == 32) {
        z[0] = to_float(same[at]);
    }
}
