// Depthwise convolutions, one filter a channel: maps (N, H, W, C), weights (R, S, C). The functions named after a window are for
// packs, no dilation and one step across; a thread computes some neighbouring cells, so that what it has read serves several.
#include "activations.cuh"
#include "common.cuh"
#include "depthwise.cuh"
#include "maps.cuh"

// Adds the addend, where there is one, applies the function and stores.
template <typename V, typename F>
__device__ inline void finish(const float (&sum)[V::N], const T *addend, T *y, i64 to, F f) {
    V result = {};
    if (addend != nullptr) {
        result = load<V>(addend + to);
    }
    for (int k = 0; k < V::N; k++) {
        result.v[k] = from_float<T>(f.value(sum[k] + to_float(result.v[k])));
    }
    store<V>(y + to, result);
}

// y = function(convolution + bias + addend), the latter two unless null: any window, a thread for each cell of y.
template <typename V>
__device__ inline void filter(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, const Window &g, int function) {
    Cell<V::N> cell(n, g.out_h, g.out_w, c);
    if (!cell.exists) {
        return;
    }
    int left = cell.column * g.stride_w - g.left;
    int top = cell.row * g.stride_h - g.top;
    float sum[V::N];
    for (int k = 0; k < V::N; k++) {
        sum[k] = bias == nullptr ? 0 : bias[cell.channel + k];
    }
    for (int r = 0; r < g.rows; r++) {
        int row = top + r * g.dilation_h;
        for (int s = 0; s < g.columns; s++) {
            int column = left + s * g.dilation_w;
            if (row >= 0 && row < g.h && column >= 0 && column < g.w) {
                V value = load<V>(x + ((cell.picture * g.h + row) * g.w + column) * c + cell.channel);
                V tap = load<V>(weights + (i64)(r * g.columns + s) * c + cell.channel);
                for (int k = 0; k < V::N; k++) {
                    sum[k] += to_float(tap.v[k]) * to_float(value.v[k]);
                }
            }
        }
    }
    choose(function, [&](auto f) { finish<V>(sum, addend, y, cell.at, f); });
}

KERNEL depthwise(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter<Single<T>>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_packed(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter<Pack<T>>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

// The same for windows of S columns that move by STRIDE; a thread computes a pack of TILE neighbours in a row of y. TURNED takes
// the taps from the last to the first, as the gradient of the input wants them.
template <int S, int STRIDE, int TILE, bool TURNED>
__device__ inline void filter_tile(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, const Window &g, int function) {
    typedef Pack<T> V;
    constexpr int WIDE = (TILE - 1) * STRIDE + S;
    int packs = c / V::N;
    int tiles = (g.out_w + TILE - 1) / TILE;
    i64 i = thread_index();
    if (i >= (i64)n * g.out_h * tiles * packs) {
        return;
    }
    // as in a Cell, but the line is kept, which takes fewer registers than to put it together again
    int channel = take(i, packs) * V::N;
    int q = take(i, tiles) * TILE;
    i64 line = i;
    int top = take(i, g.out_h) * g.stride_h - g.top;
    int left = q * STRIDE - g.left;
    float sum[TILE][V::N];
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        for (int k = 0; k < V::N; k++) {
            sum[t][k] = bias == nullptr ? 0 : bias[channel + k];
        }
    }
    for (int r = max(0, -top); r < min(g.rows, g.h - top); r++) {
        const T *from = x + (i * g.h + top + r) * g.w * c + channel;
        V value[WIDE];
#pragma unroll
        for (int j = 0; j < WIDE; j++) {
            int column = left + j;
            value[j] = column >= 0 && column < g.w ? load<V>(from + (i64)column * c) : V{};
        }
        const T *taps = weights + (i64)(TURNED ? g.rows - 1 - r : r) * S * c + channel;
#pragma unroll
        for (int s = 0; s < S; s++) {
            V tap = load<V>(taps + (i64)(TURNED ? S - 1 - s : s) * c);
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                for (int k = 0; k < V::N; k++) {
                    sum[t][k] += to_float(tap.v[k]) * to_float(value[t * STRIDE + s].v[k]);
                }
            }
        }
    }
    i64 to = (line * g.out_w + q) * c + channel;
    // the functions are long: their code stands here once, and the sums move up
#pragma unroll 1
    for (int t = 0; t < TILE; t++, to += c) {
        if (q + t < g.out_w) {
            choose(function, [&](auto f) { finish<V>(sum[0], addend, y, to, f); });
        }
        for (int u = 0; u < TILE - 1; u++) {
            for (int k = 0; k < V::N; k++) {
                sum[u][k] = sum[u + 1][k];
            }
        }
    }
}

KERNEL depthwise_3_by_1(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<3, 1, 4, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_3_by_2(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<3, 2, 2, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_5_by_1(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<5, 1, 4, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_5_by_2(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<5, 2, 2, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_7_by_1(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<7, 1, 4, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

KERNEL depthwise_7_by_2(const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int function) {
    filter_tile<7, 2, 2, false>(x, weights, bias, addend, y, n, c, GIVEN, function);
}

// The gradient of the input, to which an addend may come, another part of it: a thread for each of its cells gathers from the
// cells of dy that read it. Any window.
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

// The same for windows of S by S that move by two; a thread computes a pack of four neighbours in a row of dx. Every other tap meets
// a cell of dy, which ones is known for each neighbour once it is known whether g.left is ODD.
template <int S, int ODD>
__device__ inline void filter_data_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, const Window &g) {
    typedef Pack<T> V;
    constexpr int TILE = 4;
    constexpr int LOW = (2 * ODD + 1 - S) / 2; // columns of dy that are met, from that of the first neighbour's first tap on
    constexpr int WIDE = ODD + 2 - LOW;
    int packs = c / V::N;
    int tiles = (g.w + TILE - 1) / TILE;
    i64 i = thread_index();
    if (i >= (i64)n * g.h * tiles * packs) {
        return;
    }
    int channel = take(i, packs) * V::N;
    int column = take(i, tiles) * TILE;
    i64 to = (i * g.w + column) * c + channel;
    int bottom = take(i, g.h) + g.top;
    int right = (column + g.left - ODD) / 2 + LOW;
    float sum[TILE][V::N] = {};
    for (int r = bottom % 2; r < S && r <= bottom; r += 2) {
        int p = (bottom - r) / 2;
        if (p >= g.out_h) {
            continue;
        }
        const T *from = dy + (i * g.out_h + p) * g.out_w * c + channel;
        V value[WIDE];
#pragma unroll
        for (int j = 0; j < WIDE; j++) {
            int q = right + j;
            value[j] = q >= 0 && q < g.out_w ? load<V>(from + (i64)q * c) : V{};
        }
#pragma unroll
        for (int s = 0; s < S; s++) {
            V tap = load<V>(weights + (i64)(r * S + s) * c + channel);
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                if ((ODD + t + s) % 2 == 0) {
                    for (int k = 0; k < V::N; k++) {
                        sum[t][k] += to_float(tap.v[k]) * to_float(value[(ODD + t - s) / 2 - LOW].v[k]);
                    }
                }
            }
        }
    }
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        if (column + t < g.w) {
            finish<V>(sum[t], addend, dx, to + t * c, None());
        }
    }
}

template <int S>
__device__ inline void filter_data_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, const Window &g) {
    if (g.left % 2 == 0) {
        filter_data_by_2<S, 0>(dy, weights, addend, dx, n, c, g);
    } else {
        filter_data_by_2<S, 1>(dy, weights, addend, dx, n, c, g);
    }
}

KERNEL depthwise_data_3_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_data_by_2<3>(dy, weights, addend, dx, n, c, GIVEN);
}

KERNEL depthwise_data_5_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_data_by_2<5>(dy, weights, addend, dx, n, c, GIVEN);
}

KERNEL depthwise_data_7_by_2(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_data_by_2<7>(dy, weights, addend, dx, n, c, GIVEN);
}

// With steps of one the gradient is itself such a convolution, of dy with the window turned.
__device__ inline Window turned(const Window &g) {
    return {g.out_h, g.out_w, g.h, g.w, g.rows, g.columns, 1, 1, g.rows - 1 - g.top, g.columns - 1 - g.left, 1, 1};
}

constexpr int NO_FUNCTION = -1;

KERNEL __launch_bounds__(256, 2) depthwise_data_3_by_1(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_tile<3, 1, 4, true>(dy, weights, nullptr, addend, dx, n, c, turned(GIVEN), NO_FUNCTION);
}

KERNEL __launch_bounds__(256, 2) depthwise_data_5_by_1(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_tile<5, 1, 4, true>(dy, weights, nullptr, addend, dx, n, c, turned(GIVEN), NO_FUNCTION);
}

KERNEL __launch_bounds__(256, 2) depthwise_data_7_by_1(const T *dy, const T *weights, const T *addend, T *dx, int n, int c, WINDOW) {
    filter_tile<7, 1, 4, true>(dy, weights, nullptr, addend, dx, n, c, turned(GIVEN), NO_FUNCTION);
}
