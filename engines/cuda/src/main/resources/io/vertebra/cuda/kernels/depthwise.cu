// Depthwise convolutions, one filter a channel: maps (N, H, W, C), weights (R, S, C). The functions named after a window are for
// that alone, without dilation; a thread computes some neighbouring cells, so that what it has read serves several.
#include "activations.cuh"
#include "common.cuh"
#include "depthwise.cuh"
#include "maps.cuh"

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

// Stores f of the sums of neighbours in a row of y, of which the first `valid` exist.
template <typename V, int TILE, typename F>
__device__ inline void finish_row(const float (&sum)[TILE][V::N], T *to, int c, int valid, F f) {
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        if (t < valid) {
            V result;
            for (int k = 0; k < V::N; k++) {
                result.v[k] = from_float<T>(f.value(sum[t][k]));
            }
            store<V>(to + t * c, result);
        }
    }
}

// The same for windows of S x S without dilation that move by STRIDE and begin less than S before the map. A thread goes down
// `length` rows of y, TILE neighbours wide. It holds all taps and the sums of the rows of y that are under way: a row of x is read
// and widened once for all of them, and nothing is left to do but multiply and add. turned: the taps from the last to the first,
// as the gradient of the input wants them where the step is one.
template <typename V, int S, int STRIDE, int TILE>
__device__ inline void filter_strip(
        const T *x,
        const T *weights,
        const float *bias,
        const T *addend,
        T *y,
        int n,
        int c,
        const Window &g,
        int turned,
        int length,
        int function) {
    constexpr int N = V::N;
    constexpr int LIVE = (S + STRIDE - 1) / STRIDE;
    constexpr int WIDE = (TILE - 1) * STRIDE + S;
    int packs = c / N;
    int tiles = (g.out_w + TILE - 1) / TILE;
    int strips = (g.out_h + length - 1) / length;
    i64 i = thread_index();
    if (i >= (i64)n * strips * tiles * packs) {
        return;
    }
    int channel = take(i, packs) * N;
    int q = take(i, tiles) * TILE;
    int first = take(i, strips) * length;
    int end = min(first + length, g.out_h) + LIVE - 1;
    float tap[S][S][N];
#pragma unroll
    for (int r = 0; r < S; r++) {
#pragma unroll
        for (int s = 0; s < S; s++) {
            int from = r * S + s;
            V given = load<V>(weights + (turned ? S * S - 1 - from : from) * c + channel);
            for (int k = 0; k < N; k++) {
                tap[r][s][k] = to_float(given.v[k]);
            }
        }
    }
    float start[N];
    float sum[LIVE][TILE][N];
    for (int k = 0; k < N; k++) {
        start[k] = bias == nullptr ? 0 : bias[channel + k];
#pragma unroll
        for (int j = 0; j < LIVE; j++) {
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                sum[j][t][k] = start[k];
            }
        }
    }
    // Row p of y begins in step p and ends LIVE - 1 steps later: it then is sum[0]. Each step reads STRIDE rows of x.
    int step = max(first, g.top / STRIDE);
    int inside = min(end, (g.h + g.top + STRIDE - 1) / STRIDE);
    int left = q * STRIDE - g.left;
    int valid = min(TILE, g.out_w - q);
    const T *from = x + ((i * g.h + step * STRIDE - g.top) * g.w + left) * c + channel;
    T *to = y + ((i * g.out_h + step - LIVE + 1) * g.out_w + q) * c + channel;
    int pitch = c + (int)(i >> 62); // c, but computed: a parameter would be read again for each address
    auto end_row = [&]() {
        if (step - LIVE + 1 >= first) {
            if (addend != nullptr) {
#pragma unroll
                for (int t = 0; t < TILE; t++) {
                    V more = t < valid ? load<V>(addend + (to - y) + t * c) : V{};
                    for (int k = 0; k < N; k++) {
                        sum[0][t][k] += to_float(more.v[k]);
                    }
                }
            }
            choose(function, [&](auto f) { finish_row<V>(sum[0], to, pitch, valid, f); });
        }
        to += (i64)g.out_w * c;
    };
    u32 columns = columns_within<WIDE>(left, g.w);
    V value[WIDE] = {}; // zeros stay where there is no column
#pragma unroll 1
    for (; step < inside; step++) {
#pragma unroll
        for (int d = 0; d < STRIDE; d++, from += (i64)g.w * c) {
            u32 seen = STRIDE == 1 || (u32)(step * STRIDE - g.top + d) < (u32)g.h ? columns : 0;
#pragma unroll
            for (int j = 0; j < WIDE; j++) {
                if (STRIDE > 1) {
                    value[j] = V{};
                }
                if ((seen & 1u << j) != 0) {
                    value[j] = load<V>(from + j * pitch);
                }
            }
#pragma unroll
            for (int j = 0; j < LIVE; j++) {
                int r = (LIVE - 1 - j) * STRIDE + d;
#pragma unroll
                for (int s = 0; s < S && r < S; s++) {
#pragma unroll
                    for (int t = 0; t < TILE; t++) {
                        for (int k = 0; k < N; k++) {
                            // its sum moves up with the first of its taps
                            float before = d > 0 || s > 0 ? sum[j][t][k] : j < LIVE - 1 ? sum[j + 1][t][k] : start[k];
                            sum[j][t][k] = before + tap[r][s][k] * to_float(value[t * STRIDE + s].v[k]);
                        }
                    }
                }
            }
        }
        end_row();
    }
#pragma unroll 1
    for (; step < end; step++) { // below the map
#pragma unroll
        for (int j = 0; j < LIVE; j++) {
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                for (int k = 0; k < N; k++) {
                    sum[j][t][k] = j < LIVE - 1 ? sum[j + 1][t][k] : start[k];
                }
            }
        }
        end_row();
    }
}

KERNEL __launch_bounds__(128, 4) depthwise_3_by_1(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Pair<T>, 3, 1, 7>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}

KERNEL __launch_bounds__(128, 4) depthwise_3_by_2(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Pair<T>, 3, 2, 4>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}

KERNEL __launch_bounds__(128, 4) depthwise_5_by_1(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Single<T>, 5, 1, 7>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}

KERNEL __launch_bounds__(128, 4) depthwise_5_by_2(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Single<T>, 5, 2, 4>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}

KERNEL __launch_bounds__(128, 3) depthwise_7_by_1(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Single<T>, 7, 1, 7>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}

KERNEL __launch_bounds__(128, 3) depthwise_7_by_2(
        const T *x, const T *weights, const float *bias, const T *addend, T *y, int n, int c, WINDOW, int turned, int length, int function) {
    filter_strip<Single<T>, 7, 2, 4>(x, weights, bias, addend, y, n, c, GIVEN, turned, length, function);
}
