// What the kernels of depthwise convolutions share: how the window moves, which all are told alike, and how a cell is finished.
#pragma once
#include "common.cuh"

// h and w of the input, their counterparts of the output, and how the window moves.
struct Window {
    int h, w, out_h, out_w, rows, columns, stride_h, stride_w, top, left, dilation_h, dilation_w;
};

#define WINDOW int h, int w, int out_h, int out_w, int rows, int columns, int stride_h, int stride_w, int top, int left, \
        int dilation_h, int dilation_w
#define GIVEN {h, w, out_h, out_w, rows, columns, stride_h, stride_w, top, left, dilation_h, dilation_w}

// Which of N columns from one on a map has, a bit each.
template <int N>
__device__ inline u32 columns_within(int first, int width) {
    u32 columns = 0;
#pragma unroll
    for (int j = 0; j < N; j++) {
        columns |= (u32)((u32)(first + j) < (u32)width) << j;
    }
    keep(columns);
    return columns;
}

// Adds the addend, where there is one, applies the function and stores.
template <typename V, typename E, typename F>
__device__ inline void finish(const float (&sum)[V::N], const E *addend, E *y, i64 to, F f) {
    V result = {};
    if (addend != nullptr) {
        result = load<V>(addend + to);
    }
    for (int k = 0; k < V::N; k++) {
        result.v[k] = from_float<E>(f.value(sum[k] + to_float(result.v[k])));
    }
    store<V>(y + to, result);
}
