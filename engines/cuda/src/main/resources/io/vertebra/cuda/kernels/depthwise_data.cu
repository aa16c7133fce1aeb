// The gradient of the input of depthwise convolutions, to which an addend may come, another part of it: maps (N, H, W, C), weights
// (R, S, C). Where the step is one it is itself such a convolution: filter_strip of depthwise.cu with its taps turned.
#include "activations.cuh"
#include "common.cuh"
#include "depthwise.cuh"
#include "maps.cuh"

// A thread for each cell of dx gathers from the cells of dy that read it. Any window.
template <typename V>
__device__ inline void filter_data(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, const Window &g) {
    Cell<V::N> cell(n, g.h, g.w, c);
    if (!cell.exists) {
        return;
    }
    int right = cell.column + g.left;
    int bottom = cell.row + g.top;
    // without dilation only every stride-th tap meets a cell of dy
    int step_r = g.dilation_h == 1 ? g.stride_h : 1;
    int step_s = g.dilation_w == 1 ? g.stride_w : 1;
    float sum[V::N] = {};
    for (int r = bottom % step_r; r < g.rows; r += step_r) {
        int row = bottom - r * g.dilation_h;
        int p = row / g.stride_h;
        if (row < 0 || p >= g.out_h || p * g.stride_h != row) {
            continue;
        }
        for (int s = right % step_s; s < g.columns; s += step_s) {
            int column = right - s * g.dilation_w;
            int q = column / g.stride_w;
            if (column < 0 || q >= g.out_w || q * g.stride_w != column) {
                continue;
            }
            V gradient = load<V>(dy + ((cell.picture * g.out_h + p) * g.out_w + q) * c + cell.channel);
            V tap = load<V>(weights + (i64)(r * g.columns + s) * c + cell.channel);
            for (int k = 0; k < V::N; k++) {
                sum[k] += to_float(tap.v[k]) * to_float(gradient.v[k]);
            }
        }
    }
    finish<V>(sum, addend, dx, cell.at, None());
}

KERNEL depthwise_data(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_data<Single<T>>(dy, weights, addend, dx, n, c, GIVEN);
}

KERNEL depthwise_data_packed(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_data<Pack<T>>(dy, weights, addend, dx, n, c, GIVEN);
}

// The same for windows of S by S that move by two and begin less than S before the map. Rows and columns of dx go in pairs that
// begin at 2 p - g.top and at 2 q - g.left: then which taps meet which of the two is known, and no multiply-add is for nothing. A thread
// goes down `length` pairs of rows, TILE neighbours wide; it holds all taps and the sums of S rows of dx, to which it adds what a row
// of dy brings them, and of which two are then finished.
template <typename V, int S, int TILE>
__device__ inline void filter_data_strip(
        const T *dy, const T *weights, const T *addend, T *dx, int n, int c, const Window &g, int length) {
    constexpr int N = V::N;
    constexpr int BEFORE = (S - 1) / 2; // rows and columns of dy that a pair meets before its own
    constexpr int WIDE = BEFORE + TILE / 2;
    int packs = c / N;
    int rows_end = (g.h - 1 + g.top) / 2 + 1;
    int columns_end = (g.w - 1 + g.left) / 2 + 1;
    int tiles = (columns_end - g.left / 2 + TILE / 2 - 1) / (TILE / 2);
    int strips = (rows_end - g.top / 2 + length - 1) / length;
    i64 i = thread_index();
    if (i >= (i64)n * strips * tiles * packs) {
        return;
    }
    int channel = take(i, packs) * N;
    int pair = take(i, tiles) * (TILE / 2) + g.left / 2;
    int first = take(i, strips) * length + g.top / 2;
    int end = min(first + length, rows_end);
    float tap[S][S][N];
#pragma unroll
    for (int r = 0; r < S; r++) {
#pragma unroll
        for (int s = 0; s < S; s++) {
            V given = load<V>(weights + (r * S + s) * c + channel);
            for (int k = 0; k < N; k++) {
                tap[r][s][k] = to_float(given.v[k]);
            }
        }
    }
    int step = max(first - BEFORE, 0);
    int inside = min(end, g.out_h);
    int left = 2 * pair - g.left;
    int pitch = c + (int)(i >> 62); // c, but computed: a parameter would be read again for each address
    const T *from = dy + ((i * g.out_h + step) * g.out_w + pair - BEFORE) * c + channel;
    T *to = dx + ((i * g.h + 2 * step - g.top) * g.w + left) * c + channel;
    u32 columns = columns_within<WIDE>(pair - BEFORE, g.out_w);
    u32 targets = columns_within<TILE>(left, g.w);
    float sum[S][TILE][N] = {};
    auto end_rows = [&]() {
#pragma unroll
        for (int d = 0; d < 2; d++, to += (i64)g.w * c) {
            if (step < first || (u32)(2 * step - g.top + d) >= (u32)g.h) {
                continue;
            }
            if (addend != nullptr) {
#pragma unroll
                for (int t = 0; t < TILE; t++) {
                    V more = (targets & 1u << t) != 0 ? load<V>(addend + (to - dx) + t * c) : V{};
                    for (int k = 0; k < N; k++) {
                        sum[d][t][k] += to_float(more.v[k]);
                    }
                }
            }
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                if ((targets & 1u << t) != 0) {
                    store_sums<V>(to + t * pitch, sum[d][t]);
                }
            }
        }
    };
    V value[WIDE] = {}; // zeros stay where there is no column
#pragma unroll 1
    for (; step < inside; step++, from += (i64)g.out_w * c) {
#pragma unroll
        for (int j = 0; j < WIDE; j++) {
            if ((columns & 1u << j) != 0) {
                value[j] = load<V>(from + j * pitch);
            }
        }
#pragma unroll
        for (int r = 0; r < S; r++) {
#pragma unroll
            for (int t = 0; t < TILE; t++) {
#pragma unroll
                for (int s = t % 2; s < S; s += 2) {
                    for (int k = 0; k < N; k++) {
                        // its sum moves up with the first of its taps
                        float before = s > 1 ? sum[r][t][k] : r + 2 < S ? sum[r + 2][t][k] : 0;
                        sum[r][t][k] = before + tap[r][s][k] * to_float(value[BEFORE + (t - s) / 2].v[k]);
                    }
                }
            }
        }
        end_rows();
    }
#pragma unroll 1
    for (; step < end; step++) { // below dy
#pragma unroll
        for (int r = 0; r < S; r++) {
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                for (int k = 0; k < N; k++) {
                    sum[r][t][k] = r + 2 < S ? sum[r + 2][t][k] : 0;
                }
            }
        }
        end_rows();
    }
}

KERNEL __launch_bounds__(128, 5) depthwise_data_3_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW, int length) {
    filter_data_strip<Pair<T>, 3, 4>(dy, weights, addend, dx, n, c, GIVEN, length);
}

KERNEL __launch_bounds__(128, 4) depthwise_data_5_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW, int length) {
    filter_data_strip<Single<T>, 5, 8>(dy, weights, addend, dx, n, c, GIVEN, length);
}

KERNEL __launch_bounds__(128, 3) depthwise_data_7_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW, int length) {
    filter_data_strip<Single<T>, 7, 8>(dy, weights, addend, dx, n, c, GIVEN, length);
}
