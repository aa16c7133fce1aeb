// Adaptive average pooling of maps (N, H, W, C): the means of a fixed grid of bins, of which bin i covers rows floor(i H / h)
// to ceil((i + 1) H / h), columns alike. Gradients are gathered.
#include "common.cuh"
#include "maps.cuh"

// The first cell of a bin of an axis; that of the bin behind, rounded up, is its end. Also the first bin that covers a cell.
__device__ inline int bin_start(int bin, int cells, int bins) {
    return (int)((i64)bin * cells / bins);
}

__device__ inline int bin_end(int bin, int cells, int bins) {
    return (int)(((i64)(bin + 1) * cells + bins - 1) / bins);
}

// The cells of a bin.
struct Bin {
    int top, bottom, left, right;

    __device__ Bin(int p, int q, int h, int w, int bins_h, int bins_w) {
        top = bin_start(p, h, bins_h);
        bottom = bin_end(p, h, bins_h);
        left = bin_start(q, w, bins_w);
        right = bin_end(q, w, bins_w);
    }
};

template <typename V>
__device__ inline void add(float (&sum)[V::N], const V &value) {
    for (int k = 0; k < V::N; k++) {
        sum[k] += to_float(value.v[k]);
    }
}

template <typename V>
__device__ inline void store_mean(T *y, float (&sum)[V::N], const Bin &b) {
    float share = 1 / ((float)(b.bottom - b.top) * (float)(b.right - b.left));
    for (int k = 0; k < V::N; k++) {
        sum[k] *= share;
    }
    store_sums<V>(y, sum);
}

// For small bins: a thread computes one bin of one channel or pack of channels.
template <typename V>
__device__ inline void means(const T *x, T *y, int n, int c, int h, int w, int bins_h, int bins_w) {
    Cell<V::N> bin(n, bins_h, bins_w, c);
    if (!bin.exists) {
        return;
    }
    Bin b(bin.row, bin.column, h, w, bins_h, bins_w);
    float sum[V::N] = {};
    const T *map = x + bin.picture * h * w * c + bin.channel;
    each_cell<V>(map, w, c, b.top, b.bottom, b.left, b.right, [&](int, int, const V &value) { add(sum, value); });
    store_mean<V>(y + bin.at, sum, b);
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
    Lines<V::N> t(c, width);
    i64 i = blockIdx.x;
    i64 to = i * c + t.channel;
    int q = take(i, bins_w);
    int p = take(i, bins_h);
    Bin b(p, q, h, w, bins_h, bins_w);
    int wide = b.right - b.left;
    int cells = t.works ? (b.bottom - b.top) * wide : 0;
    const T *at = x + ((i * h + b.top) * w + b.left) * c + t.channel;
    float sum[V::N] = {};
    for (int cell = t.line; cell < cells; cell += t.lines) {
        add(sum, load<V>(at + ((i64)(cell / wide) * w + cell % wide) * c));
    }
    sum_lines(sum, width, t.lines);
    if (t.works && t.line == 0) {
        store_mean<V>(y + to, sum, b);
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
    Cell<V::N> cell(n, h, w, c);
    if (!cell.exists) {
        return;
    }
    // a cell covers bins as a bin covers cells
    Bin bins(cell.row, cell.column, bins_h, bins_w, h, w);
    float sum[V::N] = {};
    const T *map = dy + cell.picture * bins_h * bins_w * c + cell.channel;
    each_cell<V>(map, bins_w, c, bins.top, bins.bottom, bins.left, bins.right, [&](int p, int q, const V &gradient) {
        int high = bin_end(p, h, bins_h) - bin_start(p, h, bins_h);
        float share = 1 / ((float)high * (float)(bin_end(q, w, bins_w) - bin_start(q, w, bins_w)));
        for (int k = 0; k < V::N; k++) {
            sum[k] += to_float(gradient.v[k]) * share;
        }
    });
    store_sums<V>(dx + cell.at, sum);
}

KERNEL bin_means_backward(const T *dy, T *dx, int n, int c, int h, int w, int bins_h, int bins_w) {
    means_backward<Single<T>>(dy, dx, n, c, h, w, bins_h, bins_w);
}

KERNEL bin_means_backward_packed(const T *dy, T *dx, int n, int c, int h, int w, int bins_h, int bins_w) {
    means_backward<Pack<T>>(dy, dx, n, c, h, w, bins_h, bins_w);
}
