// Who computes what of rows (rows, channels) in norms over the channels of a row, which is read from memory once.
#pragma once
#include "common.cuh"
#include "maps.cuh"

// The sum over a group of neighbours in a block of 256, a power of two of them, in every one; all threads of the block must call it.
template <typename E>
__device__ inline E lanes_sum(E value, int lanes) {
    value = group_sum(value, min(lanes, 32));
    if (lanes > 32) {
        __shared__ E sums[8];
        __syncthreads();
        if (threadIdx.x % 32 == 0) {
            sums[threadIdx.x / 32] = value;
        }
        __syncthreads();
        int warps = lanes / 32;
        int first = (int)threadIdx.x / lanes * warps;
        value = 0;
        for (int i = 0; i < warps; i++) {
            value += sums[first + i];
        }
    }
    return value;
}

// Groups of `lanes` neighbours in blocks of 256, a power of two of them, walk the rows: each block has as many rows at a time as
// it has groups, and comes to the next ones a grid further on. A lane takes P packs of a row, every lanes-th; a row that is longer
// than what its group takes so, which is then a whole block, is walked in several such spans.
template <typename V, int P>
struct Walk {
    static constexpr int N = V::N;
    i64 rows;
    i64 start; // the block's first row
    i64 step;
    int channels, lanes, lane, group, span;

    __device__ Walk(i64 rows, int channels, int lanes) : rows(rows), channels(channels), lanes(lanes) {
        int groups = (int)blockDim.x / lanes;
        group = (int)threadIdx.x / lanes;
        lane = (int)threadIdx.x % lanes;
        span = P * lanes * N;
        start = (i64)blockIdx.x * groups;
        step = (i64)gridDim.x * groups;
    }

    // Whether rows do not fit the registers of their groups, and have to be read again.
    __device__ bool several() const {
        return span < channels;
    }

    // What the lane has of a span of a row that begins at a channel; zeros beyond the ends.
    template <typename E>
    __device__ void read(const E *x, i64 row, int from, V (&values)[P]) const {
        for (int p = 0; p < P; p++) {
            int c = channel(from, p);
            values[p] = row < rows && c < channels ? load<V>(x + row * channels + c) : V{};
        }
    }

    __device__ int channel(int from, int p) const {
        return from + (p * lanes + lane) * N;
    }

    // Calls g with the number and the first channel of each pack that the lane has in a span.
    template <typename G>
    __device__ void each_pack(int from, G g) const {
        for (int p = 0; p < P; p++) {
            int c = channel(from, p);
            if (c < channels) {
                g(p, c);
            }
        }
    }
};

// Sums over rows for each channel of a lane: S sets of them, for partials (blocks, S, channels).
template <typename V, int P, int S>
struct RowSums {
    static constexpr int N = V::N;
    float held[S][P][N] = {};

    // Where rows have several spans the block, which has one row at a time, adds up in its partial sums.
    __device__ void flush(const Walk<V, P> &w, int from, bool first, float *partials) {
        w.each_pack(from, [&](int p, int c) {
            for (int s = 0; s < S; s++) {
                float *to = partials + ((i64)blockIdx.x * S + s) * w.channels + c;
                for (int k = 0; k < N; k++) {
                    to[k] = (first ? 0 : to[k]) + held[s][p][k];
                    held[s][p][k] = 0;
                }
            }
        });
    }

    // Where they have one, the groups of a block put theirs together; all threads must call it.
    __device__ void finish(const Walk<V, P> &w, float *partials) {
#pragma unroll
        for (int s = 0; s < S; s++) {
#pragma unroll
            for (int p = 0; p < P; p++) {
                sum_lines(held[s][p], w.lanes, (int)blockDim.x / w.lanes);
                int c = w.channel(0, p);
                if (w.group == 0 && c < w.channels) {
                    store_floats(partials + ((i64)blockIdx.x * S + s) * w.channels + c, held[s][p]);
                }
            }
        }
    }
};
