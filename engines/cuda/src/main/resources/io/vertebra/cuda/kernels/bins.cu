// Adaptive average pooling of maps (N, H, W, C): the means of a fixed grid of bins, of which bin i covers rows floor(i H / h)
// to ceil((i + 1) H / h), columns alike. Gradients are gathered.
#include "common.cuh"

// The first cell of a bin of an axis; that of the bin behind, rounded up, is its end. Also the first bin that covers a cell.
__device__ inline int bin_start(int bin, int cells, int bins) {
    return (int)((i64)bin * cells / bins);
}

__device__ inline int bin_end(int bin, int cells, int bins) {
    return (int)(((i64)(bin + 1) * cells + bins - 1) / bins);
}

// For small bins: a thread computes one bin of one channel or pack of channels.
template <typename V>
__device__ inline void means(const T *x, T *y, int n, int c, int h, int w, int bins_h, int bins_w) {
    int packs = c / V::N;
    i64 i = thread_index();
    if (i >= (i64)n * bins_h * bins_w * packs) {
        return;
    }
    i64 to = i * V::N;
    int channel = take(i, packs) * V::N;
    int q = take(i, bins_w);
    int p = take(i, bins_h);
    int top = bin_start(p, h, bins_h);
    int bottom = bin_end(p, h, bins_h);
    int left = bin_start(q, w, bins_w);
    int right = bin_end(q, w, bins_w);
    float sum[V::N] = {};
    for (int row = top; row < bottom; row++) {
        const T *at = x + ((i * h + row) * w + left) * c + channel;
        for (int column = left; column < right; column++, at += c) {
            V value = load<V>(at);
            for (int k = 0; k < V::N; k++) {
                sum[k] += to_float(value.v[k]);
            }
        }
    }
    float share = 1 / ((float)(bottom - top) * (float)(right - left));
    V result;
    for (int k = 0; k < V::N; k++) {
        result.v[k] = from_float<T>(sum[k] * share);
    }
    store<V>(y + to, result);
}

KERNEL bin_means(const T *x, T *y, int n, int c, int h, int w, int bins_h, int bins_w) {
    means<Single<T>>(x, y, n, c, h, w, bins_h, bins_w);
}

KERNEL bin_means_packed(const T *x, T *y, int n, int c, int h, int w, int bins_h, int bins_w) {
    means<Pack<T>>(x, y, n, c, h, w, bins_h, bins_w);
}

// For large bins, such as a whole map: a block of 256 computes one bin of `width` neighbouring channels or packs; its lines of
// threads share out the cells. Blocks: along x the bins of all pictures, along y the neighbours.
template <typename V>
__device__ inline void wide_means(const T *x, T *y, int c, int h, int w, int bins_h, int bins_w, int width) {
    i64 i = blockIdx.x;
    int lines = blockDim.x / width;
    int line = threadIdx.x / width;
    int pack = blockIdx.y * width + threadIdx.x % width;
    bool works = line < lines && pack < c / V::N;
    i64 to = i * c + (i64)pack * V::N;
    int q = take(i, bins_w);
    int p = take(i, bins_h);
    int top = bin_start(p, h, bins_h);
    int bottom = bin_end(p, h, bins_h);
    int left = bin_start(q, w, bins_w);
    int wide = bin_end(q, w, bins_w) - left;
    int cells = works ? (bottom - top) * wide : 0;
    const T *at = x + ((i * h + top) * w + left) * c + pack * V::N;
    float sum[V::N] = {};
    for (int cell = line; cell < cells; cell += lines) {
        V value = load<V>(at + ((i64)(cell / wide) * w + cell % wide) * c);
        for (int k = 0; k < V::N; k++) {
            sum[k] += to_float(value.v[k]);
        }
    }
    sum_lines(sum, width, lines);
    if (works && line == 0) {
        float share = 1 / ((float)(bottom - top) * (float)wide);
        V result;
        for (int k = 0; k < V::N; k++) {
            result.v[k] = from_float<T>(sum[k] * share);
        }
        store<V>(y + to, result);
    }
}

KERNEL bin_means_wide(const T *x, T *y, int c, int h, int w, int bins_h, int bins_w, int width) {
    wide_means<Single<T>>(x, y, c, h, w, bins_h, bins_w, width);
}

KERNEL bin_means_wide_packed(const T *x, T *y, int c, int h, int w, int bins_h, int bins_w, int width) {
    wide_means<Pack<T>>(x, y, c, h, w, bins_h, bins_w, width);
}

// Each cell gets the shares of the bins that cover it: a thread for each cell of the input.
template <typename V>
__device__ inline void means_backward(const T *dy, T *dx, int n, int c, int h, int w, int bins_h, int bins_w) {
    int packs = c / V::N;
    i64 i = thread_index();
    if (i >= (i64)n * h * w * packs) {
        return;
    }
    i64 to = i * V::N;
    int channel = take(i, packs) * V::N;
    int column = take(i, w);
    int row = take(i, h);
    int end_p = bin_end(row, bins_h, h);
    int first_q = bin_start(column, bins_w, w);
    int end_q = bin_end(column, bins_w, w);
    float sum[V::N] = {};
    for (int p = bin_start(row, bins_h, h); p < end_p; p++) {
        int high = bin_end(p, h, bins_h) - bin_start(p, h, bins_h);
        for (int q = first_q; q < end_q; q++) {
            float share = 1 / ((float)high * (float)(bin_end(q, w, bins_w) - bin_start(q, w, bins_w)));
            V gradient = load<V>(dy + ((i * bins_h + p) * bins_w + q) * c + channel);
            for (int k = 0; k < V::N; k++) {
                sum[k] += to_float(gradient.v[k]) * share;
            }
        }
    }
    store_sums<V>(dx + to, sum);
}

KERNEL bin_means_backward(const T *dy, T *dx, int n, int c, int h, int w, int bins_h, int bins_w) {
    means_backward<Single<T>>(dy, dx, n, c, h, w, bins_h, bins_w);
}

KERNEL bin_means_backward_packed(const T *dy, T *dx, int n, int c, int h, int w, int bins_h, int bins_w) {
    means_backward<Pack<T>>(dy, dx, n, c, h, w, bins_h, bins_w);
}
