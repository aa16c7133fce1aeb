// Maps (N, H, W, C) at another size. A cell of the output at index i stands at the place (i a + b) / d of the input, along each
// axis; whole numbers, so that no rounding moves a cell. NEAREST takes the cell that the place lies in, else the two around it
// are mixed. Gradients are gathered: each cell of the input sums the outputs that read it.
#include "common.cuh"
#include "maps.cuh"

// One axis: cells of the input and of the output, and where the latter stand.
struct Axis {
    int in, out, a, b, d, nearest;
};

// Between which cells an output stands; the share is that of the second.
__device__ inline void stand(const Axis &axis, int i, int &first, int &second, float &share) {
    i64 place = max((i64)i * axis.a + axis.b, (i64)0);
    int rest = take(place, axis.d);
    first = min((int)place, axis.in - 1);
    second = min(first + 1, axis.in - 1);
    share = axis.nearest ? 0 : (float)rest / (float)axis.d;
}

__device__ inline i64 divide_down(i64 a, i64 b) {
    i64 q = a / b;
    return q * b > a ? q - 1 : q;
}

// The outputs that may read a cell: from the first to before the end.
__device__ inline void readers(const Axis &axis, int cell, int &first, int &end) {
    if (axis.a == 0) {
        first = 0;
        end = axis.out;
        return;
    }
    i64 low = (i64)(axis.nearest ? cell : cell - 1) * axis.d - axis.b;
    i64 high = (i64)(cell + 1) * axis.d - axis.b;
    first = cell == 0 ? 0 : (int)min(max(divide_down(low + axis.a - 1, axis.a), (i64)0), (i64)axis.out);
    end = cell == axis.in - 1 ? axis.out : (int)min(max(divide_down(high, axis.a) + 1, (i64)0), (i64)axis.out);
}

// How much an output takes of a cell.
__device__ inline float taken(const Axis &axis, int i, int cell) {
    int first, second;
    float share;
    stand(axis, i, first, second, share);
    return (first == cell ? 1 - share : 0) + (second == cell ? share : 0);
}

// A thread computes one cell of the output of one channel, or of a pack.
template <typename V>
__device__ inline void resized(const T *x, T *y, int n, int c, const Axis &rows, const Axis &columns) {
    Cell<V::N> cell(n, rows.out, columns.out, c);
    if (!cell.exists) {
        return;
    }
    int left, right, top, bottom;
    float across, down;
    stand(columns, cell.column, left, right, across);
    stand(rows, cell.row, top, bottom, down);
    const T *above = x + (cell.picture * rows.in + top) * columns.in * c + cell.channel;
    const T *below = x + (cell.picture * rows.in + bottom) * columns.in * c + cell.channel;
    V result = load<V>(above + (i64)left * c);
    if (!rows.nearest) {
        V b = load<V>(above + (i64)right * c);
        V d = load<V>(below + (i64)left * c);
        V e = load<V>(below + (i64)right * c);
        for (int k = 0; k < V::N; k++) {
            float high = (1 - across) * to_float(result.v[k]) + across * to_float(b.v[k]);
            float low = (1 - across) * to_float(d.v[k]) + across * to_float(e.v[k]);
            result.v[k] = from_float<T>((1 - down) * high + down * low);
        }
    }
    store<V>(y + cell.at, result);
}

#define AXES int h, int out_h, int row_a, int row_b, int row_d, int w, int out_w, int column_a, int column_b, int column_d, int nearest
#define ROWS {h, out_h, row_a, row_b, row_d, nearest}
#define COLUMNS {w, out_w, column_a, column_b, column_d, nearest}

KERNEL resize(const T *x, T *y, int n, int c, AXES) {
    resized<Single<T>>(x, y, n, c, ROWS, COLUMNS);
}

KERNEL resize_packed(const T *x, T *y, int n, int c, AXES) {
    resized<Pack<T>>(x, y, n, c, ROWS, COLUMNS);
}

// Adds what every step-th of the outputs, from one on, gives to a cell.
template <typename V>
__device__ inline void gather(
        const T *dy, int c, const Axis &rows, const Axis &columns, int row, int column, int from, int step, float (&sum)[V::N]) {
    int p, end_p, first_q, end_q;
    readers(rows, row, p, end_p);
    readers(columns, column, first_q, end_q);
    for (; p < end_p; p++) {
        float down = taken(rows, p, row);
        const T *line = dy + (i64)p * columns.out * c;
        for (int q = down == 0 ? end_q : first_q + from; q < end_q; q += step) {
            float share = down * taken(columns, q, column);
            V gradient = load<V>(line + (i64)q * c);
            for (int k = 0; k < V::N; k++) {
                sum[k] += share * to_float(gradient.v[k]);
            }
        }
    }
}

// Where few outputs read a cell: a thread for each cell of the input and channel or pack.
template <typename V>
__device__ inline void resized_backward(const T *dy, T *dx, int n, int c, const Axis &rows, const Axis &columns) {
    Cell<V::N> cell(n, rows.in, columns.in, c);
    if (!cell.exists) {
        return;
    }
    float sum[V::N] = {};
    const T *from = dy + cell.picture * rows.out * columns.out * c + cell.channel;
    gather<V>(from, c, rows, columns, cell.row, cell.column, 0, 1, sum);
    store_sums<V>(dx + cell.at, sum);
}

KERNEL resize_backward(const T *dy, T *dx, int n, int c, AXES) {
    resized_backward<Single<T>>(dy, dx, n, c, ROWS, COLUMNS);
}

KERNEL resize_backward_packed(const T *dy, T *dx, int n, int c, AXES) {
    resized_backward<Pack<T>>(dy, dx, n, c, ROWS, COLUMNS);
}

// Where many outputs read a cell: a block of 256 computes one cell of `width` neighbouring channels or packs; its lines of
// threads share out the columns of the outputs. Blocks: along x the cells, along y the neighbours.
template <typename V>
__device__ inline void wide_backward(const T *dy, T *dx, int c, const Axis &rows, const Axis &columns, int width) {
    Lines<V::N> t(c, width);
    i64 i = blockIdx.x;
    i64 to = i * c + t.channel;
    int column = take(i, columns.in);
    int row = take(i, rows.in);
    float sum[V::N] = {};
    if (t.works) {
        const T *from = dy + i * rows.out * columns.out * c + t.channel;
        gather<V>(from, c, rows, columns, row, column, t.line, t.lines, sum);
    }
    sum_lines(sum, width, t.lines);
    if (t.works && t.line == 0) {
        store_sums<V>(dx + to, sum);
    }
}

KERNEL resize_backward_wide(const T *dy, T *dx, int c, AXES, int width) {
    wide_backward<Single<T>>(dy, dx, c, ROWS, COLUMNS, width);
}

KERNEL resize_backward_wide_packed(const T *dy, T *dx, int c, AXES, int width) {
    wide_backward<Pack<T>>(dy, dx, c, ROWS, COLUMNS, width);
}

#undef AXES
#undef ROWS
#undef COLUMNS
