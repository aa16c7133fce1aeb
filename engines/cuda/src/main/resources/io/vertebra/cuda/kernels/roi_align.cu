// RoI align: maps x (N, H, W, C) of a pyramid and regions to y (R, h, w, C), the means of bilinear samples of each bin. A region
// that names no picture gives zeros.
#include "common.cuh"
#include "maps.cuh"
#include "roi_align.cuh"

// A thread computes one bin of one channel, or of a pack.
template <typename V>
__device__ inline void align(PYRAMID(const T), T *y, REGIONS, ALIGN) {
    Cell<V::N> bin(rois, bins_h, bins_w, c);
    if (!bin.exists) {
        return;
    }
    const float *roi = regions + bin.picture * 5;
    int level = level_of(roi, bounds, levels) - first;
    if (level < 0 || level >= LEVELS) {
        return;
    }
    Level<const T> x = level_at(level, scale, MAPS);
    Side columns = side(roi[1], roi[3], x.scale, bins_w, ratio, aligned);
    Side rows = side(roi[2], roi[4], x.scale, bins_h, ratio, aligned);
    int picture = picture_of(roi, n);
    float sum[V::N] = {};
    if (picture >= 0) {
        const T *map = x.map + (i64)picture * x.h * x.w * c + bin.channel;
        float share = 1 / (rows.samples * columns.samples);
        each_sample(rows, bin.row, x.h, [&](int row, float down) {
            const T *above = map + (i64)row * x.w * c;
            const T *below = map + (i64)min(row + 1, x.h - 1) * x.w * c;
            each_sample(columns, bin.column, x.w, [&](int column, float across) {
                i64 left = (i64)column * c;
                i64 right = (i64)min(column + 1, x.w - 1) * c;
                add(sum, share * (1 - down) * (1 - across), load<V>(above + left));
                add(sum, share * (1 - down) * across, load<V>(above + right));
                add(sum, share * down * (1 - across), load<V>(below + left));
                add(sum, share * down * across, load<V>(below + right));
            });
        });
    }
    store_sums<V>(y + bin.at, sum);
}

KERNEL roi_align(PYRAMID(const T), T *y, REGIONS, ALIGN) {
    align<Single<T>>(MAPS, y, regions, bounds, ALIGNED);
}

KERNEL roi_align_packed(PYRAMID(const T), T *y, REGIONS, ALIGN) {
    align<Pack<T>>(MAPS, y, regions, bounds, ALIGNED);
}
