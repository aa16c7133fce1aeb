// RoI align: maps x (N, H, W, C) and rois (R, 5), rows of picture, x1, y1, x2, y2, to y (R, h, w, C), the means of bilinear
// samples of each bin. A roi that names no picture gives zeros. Gradients are gathered: a block has a square of cells of one
// picture and walks the rois that touch it, in order.
#include "common.cuh"
#include "maps.cuh"

// One axis of a region: where it starts and how large its bins are, in cells; samples along a bin.
struct Side {
    float start, bin, samples;
};

__device__ inline Side side(float from, float to, float scale, int bins, int ratio, int aligned) {
    float shift = aligned ? 0.5f : 0;
    float start = from * scale - shift;
    float length = to * scale - shift - start;
    float bin = (!aligned && length < 1 ? 1 : length) / (float)bins;
    return {start, bin, ratio > 0 ? (float)ratio : ceilf(bin)};
}

// Calls g with the cell, and the share of the one behind it, of each sample of a bin; samples that lie more than one cell outside
// are none. Those of a region far larger than the map are not gone through.
template <typename G>
__device__ inline void each_sample(const Side &side, int bin, int extent, G g) {
    if (!(side.samples > 0)) {
        return;
    }
    float from = side.start + (float)bin * side.bin;
    float least = 0;
    float count = side.samples;
    if (side.bin > 0) {
        least = fmaxf(0, floorf((-1 - from) / side.bin * side.samples - 2));
        float most = fminf(side.samples, ceilf(((float)extent - from) / side.bin * side.samples + 2));
        // of large numbers the difference may be anything
        count = fminf(most - least, ((float)extent + 1) / side.bin * side.samples + 6);
    }
    for (int k = 0; (float)k < count; k++) {
        float position = from + (least + (float)k + 0.5f) * side.bin / side.samples;
        if (position >= -1 && position <= (float)extent) {
            float at = fmaxf(position, 0);
            int cell = min((int)at, extent - 1);
            g(cell, cell == extent - 1 ? 0 : at - (float)cell);
        }
    }
}

template <typename V>
__device__ inline void add(float (&sum)[V::N], float share, const V &values) {
    for (int k = 0; k < V::N; k++) {
        sum[k] += share * to_float(values.v[k]);
    }
}

#define ALIGN int n, int c, int h, int w, int rois, int bins_h, int bins_w, float scale, int ratio, int aligned

// A thread computes one bin of one channel, or of a pack.
template <typename V>
__device__ inline void align(const T *x, const float *regions, T *y, ALIGN) {
    Cell<V::N> bin(rois, bins_h, bins_w, c);
    if (!bin.exists) {
        return;
    }
    const float *roi = regions + bin.picture * 5;
    Side columns = side(roi[1], roi[3], scale, bins_w, ratio, aligned);
    Side rows = side(roi[2], roi[4], scale, bins_h, ratio, aligned);
    int picture = picture_of(roi, n);
    float sum[V::N] = {};
    if (picture >= 0) {
        const T *map = x + (i64)picture * h * w * c + bin.channel;
        float share = 1 / (rows.samples * columns.samples);
        each_sample(rows, bin.row, h, [&](int row, float down) {
            const T *above = map + (i64)row * w * c;
            const T *below = map + (i64)min(row + 1, h - 1) * w * c;
            each_sample(columns, bin.column, w, [&](int column, float across) {
                i64 left = (i64)column * c;
                i64 right = (i64)min(column + 1, w - 1) * c;
                add(sum, share * (1 - down) * (1 - across), load<V>(above + left));
                add(sum, share * (1 - down) * across, load<V>(above + right));
                add(sum, share * down * (1 - across), load<V>(below + left));
                add(sum, share * down * across, load<V>(below + right));
            });
        });
    }
    store_sums<V>(y + bin.at, sum);
}

KERNEL roi_align(const T *x, const float *regions, T *y, ALIGN) {
    align<Single<T>>(x, regions, y, n, c, h, w, rois, bins_h, bins_w, scale, ratio, aligned);
}

KERNEL roi_align_packed(const T *x, const float *regions, T *y, ALIGN) {
    align<Pack<T>>(x, regions, y, n, c, h, w, rois, bins_h, bins_w, scale, ratio, aligned);
}

// How much a cell counts in a bin, along one axis.
__device__ inline float weight(const Side &side, int bin, int cell, int extent) {
    float sum = 0;
    each_sample(side, bin, extent, [&](int at, float behind) {
        sum += (at == cell ? 1 - behind : 0) + (at + 1 == cell ? behind : 0);
    });
    return side.samples > 0 ? sum / side.samples : 0;
}

// Cells of a side of the square that a block has: a warp for each row, whose threads have neighbouring channels or packs.
constexpr int SQUARE = 8;
// Bins of a side whose weights are held at once.
constexpr int HELD = 16;

// The square of a block. Blocks: along x the squares of all pictures, along y the groups of 32 channels or packs.
struct Square {
    int picture, top, left, row, pack;

    __device__ Square(int h, int w) {
        i64 i = blockIdx.x;
        left = take(i, (w + SQUARE - 1) / SQUARE) * SQUARE;
        top = take(i, (h + SQUARE - 1) / SQUARE) * SQUARE;
        picture = (int)i;
        row = top + (int)threadIdx.x / 32;
        pack = (int)blockIdx.y * 32 + (int)threadIdx.x % 32;
    }
};

// Calls g with each roi for which touches answers yes, in order: each thread asks for another roi, then all work on those found.
template <typename F, typename G>
__device__ inline void each_touching(int rois, F touches, G g) {
    __shared__ u32 found[SQUARE];
    for (int first = 0; first < rois; first += blockDim.x) {
        int own = first + threadIdx.x;
        u32 bits = own < rois && touches(own) ? 1u << (threadIdx.x % 32) : 0;
        for (int offset = 16; offset > 0; offset /= 2) {
            bits |= __shfl_xor_sync(0xffffffffu, bits, offset);
        }
        __syncthreads();
        if (threadIdx.x % 32 == 0) {
            found[threadIdx.x / 32] = bits;
        }
        __syncthreads();
        for (int i = 0; i < (int)blockDim.x; i++) {
            u32 rest = found[i / 32] >> (i % 32);
            if (rest == 0) {
                i |= 31;
            } else if (rest & 1) {
                g(first + i);
            }
        }
    }
}

// The gradient of a square of cells.
template <typename V>
__device__ inline void put_row(T *dx, const Square &s, const float (&sum)[SQUARE][V::N], int c, int h, int w) {
    for (int j = 0; j < SQUARE; j++) {
        if (s.row < h && s.left + j < w && s.pack < c / V::N) {
            store_sums<V>(dx + (((i64)s.picture * h + s.row) * w + s.left + j) * c + s.pack * V::N, sum[j]);
        }
    }
}

// Whether a region may touch cells from first on, SQUARE of them.
__device__ inline bool near(const Side &side, int bins, int first) {
    float end = side.start + (float)bins * side.bin;
    return fmaxf(side.start, end) + 2 >= (float)first && fminf(side.start, end) - 2 <= (float)(first + SQUARE);
}

template <typename V>
__device__ inline void align_backward(const T *dy, const float *regions, T *dx, ALIGN) {
    __shared__ float weights[2][HELD][SQUARE];
    Square s(h, w);
    bool works = s.pack < c / V::N;
    int line = threadIdx.x / 32;
    float sum[SQUARE][V::N] = {};
    auto touches = [&](int i) {
        const float *roi = regions + (i64)i * 5;
        return picture_of(roi, n) == s.picture && near(side(roi[2], roi[4], scale, bins_h, ratio, aligned), bins_h, s.top)
                && near(side(roi[1], roi[3], scale, bins_w, ratio, aligned), bins_w, s.left);
    };
    each_touching(rois, touches, [&](int i) {
        const float *roi = regions + (i64)i * 5;
        Side columns = side(roi[1], roi[3], scale, bins_w, ratio, aligned);
        Side rows = side(roi[2], roi[4], scale, bins_h, ratio, aligned);
        for (int p = 0; p < bins_h; p += HELD) {
            for (int q = 0; q < bins_w; q += HELD) {
                // a weight for each thread
                int axis = threadIdx.x / (HELD * SQUARE);
                int bin = threadIdx.x / SQUARE % HELD;
                int cell = threadIdx.x % SQUARE;
                __syncthreads();
                weights[axis][bin][cell] =
                        axis == 0 ? weight(rows, p + bin, s.top + cell, h) : weight(columns, q + bin, s.left + cell, w);
                __syncthreads();
                for (int a = 0; a < min(HELD, bins_h - p); a++) {
                    float down = weights[0][a][line];
                    for (int b = 0; b < min(HELD, bins_w - q) && down != 0 && works; b++) {
                        float across = 0;
                        for (int j = 0; j < SQUARE; j++) {
                            across += weights[1][b][j];
                        }
                        if (across != 0) {
                            V gradient = load<V>(dy + (((i64)i * bins_h + p + a) * bins_w + q + b) * c + s.pack * V::N);
                            for (int j = 0; j < SQUARE; j++) {
                                add(sum[j], down * weights[1][b][j], gradient);
                            }
                        }
                    }
                }
            }
        }
    });
    put_row<V>(dx, s, sum, c, h, w);
}

KERNEL roi_align_backward(const T *dy, const float *regions, T *dx, ALIGN) {
    align_backward<Single<T>>(dy, regions, dx, n, c, h, w, rois, bins_h, bins_w, scale, ratio, aligned);
}

KERNEL roi_align_backward_packed(const T *dy, const float *regions, T *dx, ALIGN) {
    align_backward<Pack<T>>(dy, regions, dx, n, c, h, w, rois, bins_h, bins_w, scale, ratio, aligned);
}

#undef ALIGN
