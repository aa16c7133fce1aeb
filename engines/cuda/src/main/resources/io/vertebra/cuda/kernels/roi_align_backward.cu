// The gradient of RoI align is gathered: a block has a square of cells of one picture of a level and walks the regions that touch
// it, in order, of those that are cut from this picture and level.
#include "common.cuh"
#include "maps.cuh"
#include "roi_align.cuh"

// The list of a region, those of a level side by side; -1 where it names no picture.
__device__ inline int list_of(const float *roi, const float *bounds, int n, int levels) {
    int picture = picture_of(roi, n);
    return picture < 0 ? -1 : level_of(roi, bounds, levels) * n + picture;
}

// order = the regions of each level and picture, in order, list behind list; starts = where each list begins, then their end.
// A block for each list.
KERNEL roi_lists(REGIONS, int n, int rois, int levels, int *order, int *starts) {
    int own = blockIdx.x;
    int lower = 0;
    for (int i = threadIdx.x; i < rois; i += blockDim.x) {
        int list = list_of(regions + (i64)i * 5, bounds, n, levels);
        lower += list >= 0 && list < own ? 1 : 0;
    }
    int start = count_before(lower).all;
    int end = start;
    for (int from = 0; from < rois; from += blockDim.x) {
        int i = from + threadIdx.x;
        bool mine = i < rois && list_of(regions + (i64)i * 5, bounds, n, levels) == own;
        Counted in = count_before(mine ? 1 : 0);
        if (mine) {
            order[end + in.before] = i;
        }
        end += in.all;
    }
    if (threadIdx.x == 0) {
        starts[own] = start;
        if (own == (int)gridDim.x - 1) {
            starts[own + 1] = end;
        }
    }
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

// The square of a block. Blocks: along x the squares of all levels and pictures, along y the groups of 32 channels or packs.
struct Square {
    int level, picture, top, left, row, pack;
    Level<T> map;

    __device__ Square(int n, float scale, PYRAMID(T)) {
        i64 i = blockIdx.x;
        i64 own = 0;
        for (level = 0; level < LEVELS; level++) {
            i -= own;
            map = level_at(level, scale, MAPS);
            own = (i64)n * squares(map.h) * squares(map.w);
            if (i < own) {
                break;
            }
        }
        left = take(i, squares(map.w)) * SQUARE;
        top = take(i, squares(map.h)) * SQUARE;
        picture = (int)i;
        row = top + (int)threadIdx.x / 32;
        pack = (int)blockIdx.y * 32 + (int)threadIdx.x % 32;
    }

    static __device__ int squares(int cells) {
        return (cells + SQUARE - 1) / SQUARE;
    }
};

// Calls g with each of these regions for which touches answers yes, in order: each thread asks for another one, then all work on
// those found.
template <typename F, typename G>
__device__ inline void each_touching(const int *order, int count, F touches, G g) {
    __shared__ u32 found[SQUARE];
    for (int from = 0; from < count; from += blockDim.x) {
        int own = from + threadIdx.x;
        u32 bits = own < count && touches(order[own]) ? 1u << (threadIdx.x % 32) : 0;
        for (int offset = 16; offset > 0; offset /= 2) {
            bits |= other_lane(bits, offset);
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
                g(order[from + i]);
            }
        }
    }
}

// The gradient of a square of cells.
template <typename V>
__device__ inline void put_row(const Square &s, const float (&sum)[SQUARE][V::N], int c) {
    const Level<T> &dx = s.map;
    for (int j = 0; j < SQUARE; j++) {
        if (s.row < dx.h && s.left + j < dx.w && s.pack < c / V::N) {
            store_sums<V>(dx.map + (((i64)s.picture * dx.h + s.row) * dx.w + s.left + j) * c + s.pack * V::N, sum[j]);
        }
    }
}

// Whether a region may touch cells from first on, SQUARE of them.
__device__ inline bool near(const Side &side, int bins, int first) {
    float end = side.start + (float)bins * side.bin;
    return fmaxf(side.start, end) + 2 >= (float)first && fminf(side.start, end) - 2 <= (float)(first + SQUARE);
}

#define LISTS const int *order, const int *starts

template <typename V>
__device__ inline void align_backward(PYRAMID(T), const T *dy, REGIONS, ALIGN, LISTS) {
    __shared__ float weights[2][HELD][SQUARE];
    Square s(n, scale, MAPS);
    if (s.map.map == nullptr) {
        return;
    }
    int list = (first + s.level) * n + s.picture;
    bool works = s.pack < c / V::N;
    int line = threadIdx.x / 32;
    float sum[SQUARE][V::N] = {};
    auto touches = [&](int i) {
        const float *roi = regions + (i64)i * 5;
        return near(side(roi[2], roi[4], s.map.scale, bins_h, ratio, aligned), bins_h, s.top)
                && near(side(roi[1], roi[3], s.map.scale, bins_w, ratio, aligned), bins_w, s.left);
    };
    each_touching(order + starts[list], starts[list + 1] - starts[list], touches, [&](int i) {
        const float *roi = regions + (i64)i * 5;
        Side columns = side(roi[1], roi[3], s.map.scale, bins_w, ratio, aligned);
        Side rows = side(roi[2], roi[4], s.map.scale, bins_h, ratio, aligned);
        for (int p = 0; p < bins_h; p += HELD) {
            for (int q = 0; q < bins_w; q += HELD) {
                // a weight for each thread
                int axis = threadIdx.x / (HELD * SQUARE);
                int bin = threadIdx.x / SQUARE % HELD;
                int cell = threadIdx.x % SQUARE;
                __syncthreads();
                weights[axis][bin][cell] = axis == 0 ? weight(rows, p + bin, s.top + cell, s.map.h)
                                                     : weight(columns, q + bin, s.left + cell, s.map.w);
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
    put_row<V>(s, sum, c);
}

KERNEL roi_align_backward(PYRAMID(T), const T *dy, REGIONS, ALIGN, LISTS) {
    align_backward<Single<T>>(MAPS, dy, regions, bounds, ALIGNED, order, starts);
}

KERNEL roi_align_backward_packed(PYRAMID(T), const T *dy, REGIONS, ALIGN, LISTS) {
    align_backward<Pack<T>>(MAPS, dy, regions, bounds, ALIGNED, order, starts);
}

#undef LISTS
