// Values moved without being changed: to other channels, other places, another order.
#include "common.cuh"
#include "maps.cuh"

// Columns of rows, from one matrix into another: parts of a concatenation, slices. Offsets and pitches in elements. A thread
// moves one element, or a pack.
template <typename V>
__device__ inline void copy(
        const T *from, i64 from_offset, i64 from_pitch, T *to, i64 to_offset, i64 to_pitch, i64 rows, int columns) {
    i64 row = thread_index();
    int packs = columns / V::N;
    if (row >= rows * packs) {
        return;
    }
    int column = take(row, packs) * V::N;
    store<V>(to + to_offset + row * to_pitch + column, load<V>(from + from_offset + row * from_pitch + column));
}

KERNEL copy_channels(
        const T *from, i64 from_offset, i64 from_pitch, T *to, i64 to_offset, i64 to_pitch, i64 rows, int columns) {
    copy<Single<T>>(from, from_offset, from_pitch, to, to_offset, to_pitch, rows, columns);
}

KERNEL copy_channels_packed(
        const T *from, i64 from_offset, i64 from_pitch, T *to, i64 to_offset, i64 to_pitch, i64 rows, int columns) {
    copy<Pack<T>>(from, from_offset, from_pitch, to, to_offset, to_pitch, rows, columns);
}

// Zeros in columns of rows. A thread writes one.
KERNEL clear_channels(T *to, i64 to_offset, i64 to_pitch, i64 rows, int columns) {
    i64 row = thread_index();
    if (row >= rows * columns) {
        return;
    }
    int column = take(row, columns);
    to[to_offset + row * to_pitch + column] = from_float<T>(0);
}

// A map inside a larger one with zeros around it: y[n, top + i, left + j, before + c] = x[n, i, j, c]. A thread writes one
// element of y, or a pack.
template <typename V>
__device__ inline void pad_map(
        const T *x, T *y, int n, int c, int h, int w, int out_c, int out_h, int out_w, int before, int top, int left) {
    Cell<V::N> cell(n, out_h, out_w, out_c);
    if (!cell.exists) {
        return;
    }
    int channel = cell.channel - before;
    int column = cell.column - left;
    int row = cell.row - top;
    V value = {};
    if (channel >= 0 && channel < c && column >= 0 && column < w && row >= 0 && row < h) {
        value = load<V>(x + ((cell.picture * h + row) * w + column) * c + channel);
    }
    store<V>(y + cell.at, value);
}

#define EXTENTS int n, int c, int h, int w, int out_c, int out_h, int out_w, int before, int top, int left

KERNEL pad(const T *x, T *y, EXTENTS) {
    pad_map<Single<T>>(x, y, n, c, h, w, out_c, out_h, out_w, before, top, left);
}

KERNEL pad_packed(const T *x, T *y, EXTENTS) {
    pad_map<Pack<T>>(x, y, n, c, h, w, out_c, out_h, out_w, before, top, left);
}

// The part of y that pad takes from x. A thread writes one element of dx, or a pack.
template <typename V>
__device__ inline void crop_map(
        const T *dy, T *dx, int n, int c, int h, int w, int out_c, int out_h, int out_w, int before, int top, int left) {
    Cell<V::N> cell(n, h, w, c);
    if (cell.exists) {
        i64 line = cell.picture * out_h + cell.row + top;
        store<V>(dx + cell.at, load<V>(dy + (line * out_w + cell.column + left) * out_c + cell.channel + before));
    }
}

KERNEL crop(const T *dy, T *dx, EXTENTS) {
    crop_map<Single<T>>(dy, dx, n, c, h, w, out_c, out_h, out_w, before, top, left);
}

KERNEL crop_packed(const T *dy, T *dx, EXTENTS) {
    crop_map<Pack<T>>(dy, dx, n, c, h, w, out_c, out_h, out_w, before, top, left);
}

// Channels of groups dealt out in turn: y[cell, j groups + g] = x[cell, g c / groups + j]. With c / groups for groups it goes
// back. A thread writes one element, or a pack.
template <typename V>
__device__ inline void shuffle(const T *x, T *y, i64 cells, int c, int groups) {
    i64 cell = thread_index();
    int packs = c / V::N;
    if (cell >= cells * packs) {
        return;
    }
    int each = c / groups;
    i64 to = cell * V::N;
    u32 channel = take(cell, packs) * V::N;
    V values;
    for (int k = 0; k < V::N; k++) {
        u32 j = (channel + k) / (u32)groups;
        u32 g = (channel + k) - j * groups;
        values.v[k] = x[cell * c + g * each + j];
    }
    store<V>(y + to, values);
}

KERNEL shuffle_channels(const T *x, T *y, i64 cells, int c, int groups) {
    shuffle<Single<T>>(x, y, cells, c, groups);
}

KERNEL shuffle_channels_packed(const T *x, T *y, i64 cells, int c, int groups) {
    shuffle<Pack<T>>(x, y, cells, c, groups);
}

// Channels that a table names: y[cell, j] = x[cell, index[j]]. A thread writes one element, or a pack.
template <typename V>
__device__ inline void select(const T *x, const int *index, T *y, i64 cells, int c, int selected) {
    i64 cell = thread_index();
    int packs = selected / V::N;
    if (cell >= cells * packs) {
        return;
    }
    i64 to = cell * V::N;
    int channel = take(cell, packs) * V::N;
    V values;
    for (int k = 0; k < V::N; k++) {
        values.v[k] = x[cell * c + index[channel + k]];
    }
    store<V>(y + to, values);
}

KERNEL select_channels(const T *x, const int *index, T *y, i64 cells, int c, int selected) {
    select<Single<T>>(x, index, y, cells, c, selected);
}

KERNEL select_channels_packed(const T *x, const int *index, T *y, i64 cells, int c, int selected) {
    select<Pack<T>>(x, index, y, cells, c, selected);
}

// Back: dx[cell, k] = sum of dy[cell, shown[i]] for begins[k] <= i < begins[k + 1], in that order. A thread writes one element,
// or a pack.
template <typename V>
__device__ inline void unselect(
        const T *dy, const int *begins, const int *shown, T *dx, i64 cells, int c, int selected) {
    i64 cell = thread_index();
    int packs = c / V::N;
    if (cell >= cells * packs) {
        return;
    }
    i64 to = cell * V::N;
    int channel = take(cell, packs) * V::N;
    V sums;
    for (int k = 0; k < V::N; k++) {
        float sum = 0;
        for (int i = begins[channel + k]; i < begins[channel + k + 1]; i++) {
            sum += to_float(dy[cell * selected + shown[i]]);
        }
        sums.v[k] = from_float<T>(sum);
    }
    store<V>(dx + to, sums);
}

KERNEL unselect_channels(const T *dy, const int *begins, const int *shown, T *dx, i64 cells, int c, int selected) {
    unselect<Single<T>>(dy, begins, shown, dx, cells, c, selected);
}

KERNEL unselect_channels_packed(const T *dy, const int *begins, const int *shown, T *dx, i64 cells, int c, int selected) {
    unselect<Pack<T>>(dy, begins, shown, dx, cells, c, selected);
}

// Matrices (rows, columns) turned into (columns, rows). A block of 256 turns a tile of 32 x 32 of one matrix, through shared
// memory, so that both sides are read and written along their rows.
KERNEL turn(const T *x, T *y, int rows, int columns) {
    __shared__ T tile[32][33];
    i64 matrix = blockIdx.x;
    int column = take(matrix, (columns + 31) / 32) * 32;
    int row = take(matrix, (rows + 31) / 32) * 32;
    i64 start = matrix * rows * columns;
    int lane = threadIdx.x % 32;
    for (int i = threadIdx.x / 32; i < 32; i += 8) {
        if (row + i < rows && column + lane < columns) {
            tile[i][lane] = x[start + (i64)(row + i) * columns + column + lane];
        }
    }
    __syncthreads();
    for (int i = threadIdx.x / 32; i < 32; i += 8) {
        if (column + i < columns && row + lane < rows) {
            y[start + (i64)(column + i) * rows + row + lane] = tile[lane][i];
        }
    }
}

#undef EXTENTS
