// Pooling of maps (N, H, W, C) in windows: the largest value and the mean. A thread computes one cell of one channel, or of a
// pack of channels in the functions named packed; neighbouring threads have neighbouring channels. Gradients are gathered:
// each cell of the input looks at the windows that cover it.
#include "common.cuh"
#include "maps.cuh"

// The windows of a pooling: h and w of the input, their counterparts of the output, steps, padding before.
struct Windows {
    int h, w, out_h, out_w, rows, columns, stride_h, stride_w, top, left;
};

// Which windows along an axis cover a cell: from the first to before the last.
__device__ inline void covering(int cell, int before, int length, int stride, int windows, int &first, int &end) {
    int at = cell + before;
    first = at < length ? 0 : (at - length) / stride + 1;
    end = min(at / stride + 1, windows);
}

// Where a window lies along an axis, from first to before the end when it is cut to the input.
struct Span {
    int start, first, end;

    __device__ Span(int window, int before, int length, int stride, int extent) {
        start = window * stride - before;
        first = max(start, 0);
        end = min(start + length, extent);
    }
};

// Gradients of the input: adds up what give(cell, p, q, from, sum) takes of each window (p, q) that covers a cell; the window's
// gradient begins at `from`.
template <typename V, typename G>
__device__ inline void gather(T *dx, int n, int c, const Windows &g, G give) {
    Cell<V::N> cell(n, g.h, g.w, c);
    if (!cell.exists) {
        return;
    }
    int first_p, end_p, first_q, end_q;
    covering(cell.row, g.top, g.rows, g.stride_h, g.out_h, first_p, end_p);
    covering(cell.column, g.left, g.columns, g.stride_w, g.out_w, first_q, end_q);
    float sum[V::N] = {};
    for (int p = first_p; p < end_p; p++) {
        for (int q = first_q; q < end_q; q++) {
            give(cell, p, q, ((cell.picture * g.out_h + p) * g.out_w + q) * c + cell.channel, sum);
        }
    }
    store_sums<V>(dx + cell.at, sum);
}

// What is kept of the places of the largest values.
template <typename P, int N>
struct alignas(N * sizeof(P)) Places {
    P v[N];
};

// The largest value and, where places is not null, its place in the window, counted row by row; of equal ones the first, and
// what is not a number before all others. P is what a place is kept in.
template <typename V, typename P>
__device__ inline void largest(const T *x, T *y, P *places, int n, int c, const Windows &g) {
    Cell<V::N> cell(n, g.out_h, g.out_w, c);
    if (!cell.exists) {
        return;
    }
    Span rows(cell.row, g.top, g.rows, g.stride_h, g.h);
    Span columns(cell.column, g.left, g.columns, g.stride_w, g.w);
    const T *map = x + cell.picture * g.h * g.w * c + cell.channel;
    V best = load<V>(map + ((i64)rows.first * g.w + columns.first) * c);
    int place[V::N];
    for (int k = 0; k < V::N; k++) {
        place[k] = (rows.first - rows.start) * g.columns + columns.first - columns.start;
    }
    each_cell<V>(map, g.w, c, rows.first, rows.end, columns.first, columns.end, [&](int row, int column, const V &value) {
        int here = (row - rows.start) * g.columns + column - columns.start;
        for (int k = 0; k < V::N; k++) {
            float candidate = to_float(value.v[k]);
            float old = to_float(best.v[k]);
            bool wins = candidate > old || (candidate != candidate && old == old);
            best.v[k] = wins ? value.v[k] : best.v[k];
            place[k] = wins ? here : place[k];
        }
    });
    store<V>(y + cell.at, best);
    if (places != nullptr) {
        Places<P, V::N> kept;
        for (int k = 0; k < V::N; k++) {
            kept.v[k] = (P)place[k];
        }
        store(places + cell.at, kept);
    }
}

#define WINDOWS int h, int w, int out_h, int out_w, int rows, int columns, int stride_h, int stride_w, int top, int left
#define GIVEN {h, w, out_h, out_w, rows, columns, stride_h, stride_w, top, left}

KERNEL max_pool(const T *x, T *y, int *places, int n, int c, WINDOWS) {
    largest<Single<T>>(x, y, places, n, c, GIVEN);
}

// For windows of up to 256 cells.
KERNEL max_pool_packed(const T *x, T *y, unsigned char *places, int n, int c, WINDOWS) {
    largest<Pack<T>>(x, y, places, n, c, GIVEN);
}

// The sum of what the windows give whose largest value a cell is.
template <typename V, typename P>
__device__ inline void largest_backward(const T *dy, const P *places, T *dx, int n, int c, const Windows &g) {
    gather<V>(dx, n, c, g, [&](const Cell<V::N> &cell, int p, int q, i64 from, float (&sum)[V::N]) {
        int here = (cell.row + g.top - p * g.stride_h) * g.columns + cell.column + g.left - q * g.stride_w;
        V gradient = load<V>(dy + from);
        Places<P, V::N> kept = load<Places<P, V::N>>(places + from);
        for (int k = 0; k < V::N; k++) {
            sum[k] += kept.v[k] == here ? to_float(gradient.v[k]) : 0;
        }
    });
}

KERNEL max_pool_backward(const T *dy, const int *places, T *dx, int n, int c, WINDOWS) {
    largest_backward<Single<T>>(dy, places, dx, n, c, GIVEN);
}

KERNEL max_pool_backward_packed(const T *dy, const unsigned char *places, T *dx, int n, int c, WINDOWS) {
    largest_backward<Pack<T>>(dy, places, dx, n, c, GIVEN);
}

// How many cells a mean is of, along an axis: those inside the input, or with count_padding also those of the padding, but
// not those behind it.
__device__ inline int counted(int window, int before, int after, int length, int stride, int extent, int count_padding) {
    Span span(window, before, length, stride, extent);
    return count_padding ? min(span.start + length, extent + after) - span.start : span.end - span.first;
}

// The mean of each window; bottom and right are the padding behind.
template <typename V>
__device__ inline void mean(const T *x, T *y, int n, int c, const Windows &g, int bottom, int right, int count_padding) {
    Cell<V::N> cell(n, g.out_h, g.out_w, c);
    if (!cell.exists) {
        return;
    }
    Span rows(cell.row, g.top, g.rows, g.stride_h, g.h);
    Span columns(cell.column, g.left, g.columns, g.stride_w, g.w);
    const T *map = x + cell.picture * g.h * g.w * c + cell.channel;
    float sum[V::N] = {};
    each_cell<V>(map, g.w, c, rows.first, rows.end, columns.first, columns.end, [&](int, int, const V &value) {
        for (int k = 0; k < V::N; k++) {
            sum[k] += to_float(value.v[k]);
        }
    });
    float cells = (float)counted(cell.row, g.top, bottom, g.rows, g.stride_h, g.h, count_padding)
            * (float)counted(cell.column, g.left, right, g.columns, g.stride_w, g.w, count_padding);
    for (int k = 0; k < V::N; k++) {
        sum[k] /= cells;
    }
    store_sums<V>(y + cell.at, sum);
}

KERNEL average_pool(const T *x, T *y, int n, int c, WINDOWS, int bottom, int right, int count_padding) {
    mean<Single<T>>(x, y, n, c, GIVEN, bottom, right, count_padding);
}

KERNEL average_pool_packed(const T *x, T *y, int n, int c, WINDOWS, int bottom, int right, int count_padding) {
    mean<Pack<T>>(x, y, n, c, GIVEN, bottom, right, count_padding);
}

// A cell gets the share of each window that covers it.
template <typename V>
__device__ inline void mean_backward(
        const T *dy, T *dx, int n, int c, const Windows &g, int bottom, int right, int count_padding) {
    gather<V>(dx, n, c, g, [&](const Cell<V::N> &, int p, int q, i64 from, float (&sum)[V::N]) {
        int high = counted(p, g.top, bottom, g.rows, g.stride_h, g.h, count_padding);
        int wide = counted(q, g.left, right, g.columns, g.stride_w, g.w, count_padding);
        float share = 1 / ((float)high * (float)wide);
        V gradient = load<V>(dy + from);
        for (int k = 0; k < V::N; k++) {
            sum[k] += to_float(gradient.v[k]) * share;
        }
    });
}

KERNEL average_pool_backward(const T *dy, T *dx, int n, int c, WINDOWS, int bottom, int right, int count_padding) {
    mean_backward<Single<T>>(dy, dx, n, c, GIVEN, bottom, right, count_padding);
}

KERNEL average_pool_backward_packed(const T *dy, T *dx, int n, int c, WINDOWS, int bottom, int right, int count_padding) {
    mean_backward<Pack<T>>(dy, dx, n, c, GIVEN, bottom, right, count_padding);
}

#undef WINDOWS
#undef GIVEN
