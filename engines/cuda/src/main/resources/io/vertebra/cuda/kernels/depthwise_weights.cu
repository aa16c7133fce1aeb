// The gradient of the weights (R, S, C) of depthwise convolutions, in two passes: these are the sums of parts, which
// sum_runs adds up. A part of a bias's gradient, the sum of dy, lies behind the taps: (parts, R · S + 1, C) where there is a bias.
#include "common.cuh"
#include "depthwise.cuh"
#include "maps.cuh"

// Stores what the lines of a block have added up of dy, or of its products, for one of the `rows` of a part: to (parts, rows, C).
template <typename V>
__device__ inline void store_row(float (&sum)[V::N], float *to, int rows, int row, int part, int c, const Lines<V::N> &own, int width) {
    sum_lines(sum, width, own.lines);
    if (own.works && own.line == 0) {
        for (int k = 0; k < V::N; k++) {
            to[((i64)part * rows + row) * c + own.channel + k] = sum[k];
        }
    }
}

// The same for some rows of taps from (r, s) on.
template <typename V, int ROWS, int COLUMNS>
__device__ inline void store_part(
        float (&sum)[ROWS][COLUMNS][V::N], float *to, int rows, int part, int r, int s, int c, const Window &g, const Lines<V::N> &own,
        int width) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            store_row<V>(sum[i][j], to, rows, (r + i) * g.columns + s + j, part, c, own, width);
        }
    }
}

// The sums of ROWS x COLUMNS taps over a part of the outputs, any window. A block takes `width` neighbouring channels or packs; its
// lines of threads share out the outputs. Blocks: along x the groups of taps of each part, along y the neighbours.
template <typename V, int ROWS, int COLUMNS>
__device__ inline void part_sums(const T *x, const T *dy, float *to, int n, int c, const Window &g, int width) {
    int across = g.columns / COLUMNS;
    int groups = g.rows / ROWS * across;
    int first_r = blockIdx.x % groups / across * ROWS;
    int first_s = blockIdx.x % groups % across * COLUMNS;
    int part = blockIdx.x / groups;
    int parts = gridDim.x / groups;
    Lines<V::N> own(c, width);
    i64 cells = own.works ? (i64)n * g.out_h * g.out_w : 0;
    float sum[ROWS][COLUMNS][V::N] = {};
    for (i64 cell = (i64)part * own.lines + own.line; cell < cells; cell += (i64)parts * own.lines) {
        V gradient = load<V>(dy + cell * c + own.channel);
        i64 i = cell;
        int left = take(i, g.out_w) * g.stride_w - g.left + first_s * g.dilation_w;
        int top = take(i, g.out_h) * g.stride_h - g.top + first_r * g.dilation_h;
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            int row = top + r * g.dilation_h;
            if (row < 0 || row >= g.h) {
                continue;
            }
            const T *from = x + (i * g.h + row) * g.w * c + own.channel;
#pragma unroll
            for (int s = 0; s < COLUMNS; s++) {
                int column = left + s * g.dilation_w;
                V value = column >= 0 && column < g.w ? load<V>(from + (i64)column * c) : V{};
                for (int k = 0; k < V::N; k++) {
                    sum[r][s][k] += to_float(value.v[k]) * to_float(gradient.v[k]);
                }
            }
        }
    }
    store_part<V>(sum, to, g.rows * g.columns, part, first_r, first_s, c, g, own, width);
}

// The same for all taps of windows of S x S without dilation that move by STRIDE. The lines share out strips of `length` rows of
// dy, TILE neighbours wide: a thread goes down its strip and holds the rows of dy that a row of x meets, so that both are read once.
// biased: 1 where the sums of dy are wanted, else 0.
template <typename V, int S, int STRIDE, int TILE>
__device__ inline void strip_sums(
        const T *x, const T *dy, float *to, int n, int c, const Window &g, int width, int length, int biased) {
    constexpr int N = V::N;
    constexpr int LIVE = (S + STRIDE - 1) / STRIDE;
    constexpr int WIDE = (TILE - 1) * STRIDE + S;
    Lines<N> own(c, width);
    int tiles = (g.out_w + TILE - 1) / TILE;
    int strips = (g.out_h + length - 1) / length;
    i64 all = own.works ? (i64)n * strips * tiles : 0;
    float sum[S][S][N] = {};
    float straight[N] = {};
#pragma unroll 1
    for (i64 strip = (i64)blockIdx.x * own.lines + own.line; strip < all; strip += (i64)gridDim.x * own.lines) {
        i64 i = strip;
        int q = take(i, tiles) * TILE;
        int step = take(i, strips) * length;
        int end = min(step + length, g.out_h);
        int last = max(end, min(end + LIVE - 1, (g.h + g.top + STRIDE - 1) / STRIDE)); // dy is added up below the map too
        int left = q * STRIDE - g.left;
        int pitch = c + (int)(i >> 62); // c, but computed: a parameter would be read again for each address
        const T *from = x + ((i * g.h + step * STRIDE - g.top) * g.w + left) * c + own.channel;
        const T *gradients = dy + ((i * g.out_h + step) * g.out_w + q) * c + own.channel;
        u32 columns = columns_within<WIDE>(left, g.w);
        u32 targets = columns_within<TILE>(q, g.out_w);
        float gradient[LIVE][TILE][N] = {}; // of the row that came last, and of those before
        V value[WIDE] = {};                 // zeros stay where there is no column
#pragma unroll 1
        for (; step < last; step++, gradients += (i64)g.out_w * c) {
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                V given = step < end && (targets & 1u << t) != 0 ? load<V>(gradients + t * pitch) : V{};
                for (int k = 0; k < N; k++) {
#pragma unroll
                    for (int j = LIVE - 1; j > 0; j--) {
                        gradient[j][t][k] = gradient[j - 1][t][k];
                    }
                    gradient[0][t][k] = to_float(given.v[k]);
                    straight[k] += gradient[0][t][k];
                }
            }
#pragma unroll
            for (int d = 0; d < STRIDE; d++, from += (i64)g.w * c) {
                int row = step * STRIDE - g.top + d;
                if (row < 0 || row >= g.h) {
                    continue;
                }
#pragma unroll
                for (int j = 0; j < WIDE; j++) {
                    if ((columns & 1u << j) != 0) {
                        value[j] = load<V>(from + j * pitch);
                    }
                }
#pragma unroll
                for (int r = d; r < S; r += STRIDE) {
#pragma unroll
                    for (int t = 0; t < TILE; t++) {
#pragma unroll
                        for (int s = 0; s < S; s++) {
                            for (int k = 0; k < N; k++) {
                                sum[r][s][k] += to_float(value[t * STRIDE + s].v[k]) * gradient[r / STRIDE][t][k];
                            }
                        }
                    }
                }
            }
        }
    }
    store_part<V>(sum, to, S * S + biased, blockIdx.x, 0, 0, c, g, own, width);
    if (biased) {
        store_row<V>(straight, to, S * S + 1, S * S, blockIdx.x, c, own, width);
    }
}

// Any window, one tap a block.
KERNEL depthwise_weights(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Single<T>, 1, 1>(x, dy, to, n, c, GIVEN, width);
}

KERNEL depthwise_weights_packed(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Pack<T>, 1, 1>(x, dy, to, n, c, GIVEN, width);
}

// 3 x 3 with any step and dilation.
KERNEL depthwise_weights_3(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width) {
    part_sums<Pack<T>, 3, 3>(x, dy, to, n, c, GIVEN, width);
}

KERNEL __launch_bounds__(128, 3) depthwise_weights_3_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Pair<T>, 3, 1, 7>(x, dy, to, n, c, GIVEN, width, length, biased);
}

KERNEL __launch_bounds__(128, 4) depthwise_weights_3_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Pair<T>, 3, 2, 4>(x, dy, to, n, c, GIVEN, width, length, biased);
}

KERNEL __launch_bounds__(128, 4) depthwise_weights_5_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Single<T>, 5, 1, 7>(x, dy, to, n, c, GIVEN, width, length, biased);
}

KERNEL __launch_bounds__(128, 4) depthwise_weights_5_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Single<T>, 5, 2, 4>(x, dy, to, n, c, GIVEN, width, length, biased);
}

KERNEL __launch_bounds__(128, 3) depthwise_weights_7_by_1(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Single<T>, 7, 1, 7>(x, dy, to, n, c, GIVEN, width, length, biased);
}

KERNEL __launch_bounds__(128, 3) depthwise_weights_7_by_2(const T *x, const T *dy, float *to, int n, int c, WINDOW, int width, int length, int biased) {
    strip_sums<Single<T>, 7, 2, 4>(x, dy, to, n, c, GIVEN, width, length, biased);
}
