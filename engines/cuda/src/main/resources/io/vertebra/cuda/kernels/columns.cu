// Sums over the rows of a matrix, in two passes with a fixed order: gradients of biases.
#include "common.cuh"

// The sums of a part of the rows. A block of 256 takes some neighbouring columns or packs, lanes of them, whose threads share
// out every blocks-th group of rows. Blocks: along x the parts, along y the groups of lanes. to (parts, columns).
template <typename V>
__device__ inline void part_sums(const T *x, float *to, i64 rows, int columns, int lanes) {
    int lane = threadIdx.x % lanes;
    int pack = blockIdx.y * lanes + lane;
    bool works = pack < columns / V::N;
    int together = blockDim.x / lanes;
    float sum[V::N] = {};
    if (works) {
        const T *at = x + pack * V::N;
        i64 step = (i64)together * gridDim.x;
        for (i64 row = (i64)blockIdx.x * together + threadIdx.x / lanes; row < rows; row += step) {
            V value = load<V>(at + row * columns);
            for (int k = 0; k < V::N; k++) {
                sum[k] += to_float(value.v[k]);
            }
        }
    }
    sum_lanes(sum, lanes);
    if (works && (int)threadIdx.x < lanes) {
        for (int k = 0; k < V::N; k++) {
            to[(i64)blockIdx.x * columns + pack * V::N + k] = sum[k];
        }
    }
}

KERNEL column_sums(const T *x, float *to, i64 rows, int columns, int lanes) {
    part_sums<Single<T>>(x, to, rows, columns, lanes);
}

KERNEL column_sums_packed(const T *x, float *to, i64 rows, int columns, int lanes) {
    part_sums<Pack<T>>(x, to, rows, columns, lanes);
}

// The sums of all parts, (parts, columns) to (columns). A block of 256 takes 32 columns; eight threads share out the parts.
KERNEL add_parts(const float *from, float *to, int parts, int columns) {
    int column = blockIdx.x * 32 + threadIdx.x % 32;
    float sum[1] = {};
    if (column < columns) {
        for (int part = threadIdx.x / 32; part < parts; part += blockDim.x / 32) {
            sum[0] += from[(i64)part * columns + column];
        }
    }
    sum_lanes(sum, 32);
    if (threadIdx.x < 32 && column < columns) {
        to[column] = sum[0];
    }
}
