// The gradient of the weights (R, S, C) of depthwise convolutions, in two passes: these are the sums of parts, which
// sum_runs adds up.
#include "common.cuh"
#include "depthwise.cuh"
#include "maps.cuh"

// The sums of ROWS x COLUMNS taps over a part of the outputs. A block of 256 takes `width` neighbouring channels or packs;
// its lines of threads share out strips of TILE neighbouring outputs in a row. With a TILE above 1 there is no dilation across
// and STRIDE is the step. Blocks: along x the groups of taps of each part, along y the neighbours. to (parts, R, S, C).
template <typename V, int ROWS, int COLUMNS, int STRIDE, int TILE>
__device__ inline void part_sums(const T *x, const T *dy, float *to, int n, int c, const Window &g, int width) {
    constexpr int WIDE = TILE == 1 ? COLUMNS : (TILE - 1) * STRIDE + COLUMNS;
    int across = g.columns / COLUMNS;
    int groups = g.rows / ROWS * across;
    int first_r = blockIdx.x % groups / across * ROWS;
    int first_s = blockIdx.x % groups % across * COLUMNS;
    int part = blockIdx.x / groups;
    int parts = gridDim.x / groups;
    Lines<V::N> own(c, width);
    int apart = TILE == 1 ? g.dilation_w : 1;
    int tiles = (g.out_w + TILE - 1) / TILE;
    i64 strips = own.works ? (i64)n * g.out_h * tiles : 0;
    float sum[ROWS][COLUMNS][V::N] = {};
    for (i64 strip = (i64)part * own.lines + own.line; strip < strips; strip += (i64)parts * own.lines) {
        i64 i = strip;
        int q = take(i, tiles) * TILE;
        const T *gradients = dy + (i * g.out_w + q) * c + own.channel;
        int top = take(i, g.out_h) * g.stride_h - g.top + first_r * g.dilation_h;
        int left = q * g.stride_w - g.left + first_s * g.dilation_w;
        V gradient[TILE];
#pragma unroll
        for (int t = 0; t < TILE; t++) {
            gradient[t] = q + t < g.out_w ? load<V>(gradients + (i64)t * c) : V{};
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            int row = top + r * g.dilation_h;
            if (row < 0 || row >= g.h) {
                continue;
            }
            const T *from = x + (i * g.h + row) * g.w * c + own.channel;
            V value[WIDE];
#pragma unroll
            for (int j = 0; j < WIDE; j++) {
                int column = left + j * apart;
                value[j] = column >= 0 && column < g.w ? load<V>(from + (i64)column * c) : V{};
            }
#pragma unroll
            for (int t = 0; t < TILE; t++) {
#pragma unroll
                for (int s = 0; s < COLUMNS; s++) {
                    for (int k = 0; k < V::N; k++) {
                        sum[r][s][k] += to_float(value[t * STRIDE + s].v[k]) * to_float(gradient[t].v[k]);
                    }
                }
            }
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
#pragma unroll
        for (int s = 0; s < COLUMNS; s++) {
            sum_lines(sum[r][s], width, own.lines);
            if (own.works && own.line == 0) {
                i64 tap = (i64)part * g.rows * g.columns + (first_r + r) * g.columns + first_s + s;
                for (int k = 0; k < V::N; k++) {
                    to[tap * c + own.channel + k] = sum[r][s][k];
                }
            }
        }
    }
}

// Any window, one tap a block.
KERNEL depthwise_weights(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Single<T>, 1, 1, 1, 1>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_packed(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Pack<T>, 1, 1, 1, 1>(x, dy, to, n, c, GIVEN, width);
}

// 3 x 3 with any step and dilation. Those behind it have half packs: with whole ones a processor had room for one block, and
// waited for memory.
KERNEL depthwise_weights_3(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Pack<T>, 3, 3, 1, 1>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_3_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 3, 3, 1, 4>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_3_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 3, 3, 2, 2>(x, dy, to, n, c, GIVEN, width);
}

KERNEL __launch_bounds__(256, 3) depthwise_weights_5_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 1, 5, 1, 4>(x, dy, to, n, c, GIVEN, width);
}

KERNEL __launch_bounds__(256, 3) depthwise_weights_5_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 1, 5, 2, 2>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_7_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 1, 7, 1, 4>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_7_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Half<T>, 1, 7, 2, 2>(x, dy, to, n, c, GIVEN, width);
}
