// RoI pool: maps x (N, H, W, C) and rois (R, 5), rows of picture, x1, y1, x2, y2, to y (R, h, w, C), the largest cell of each bin.
// A roi that names no picture gives zeros. Gradients are gathered: each cell walks the rois, in order.
#include "common.cuh"
#include "maps.cuh"

// One axis of a region: its first cell and its number of cells.
struct Cells {
    int start, side;
};

// Halves are rounded away from 0. What lies further away than any map is cut.
__device__ inline int whole(float place) {
    return (int)roundf(fminf(fmaxf(place, -1e8f), 1e8f));
}

__device__ inline Cells cells(float from, float to, float scale) {
    int start = whole(from * scale);
    return {start, max(whole(to * scale) - start + 1, 1)};
}

// The first cell of a bin and the one behind its last, inside the map.
__device__ inline int bin_start(const Cells &cells, int bin, int bins, int extent) {
    i64 at = (i64)bin * cells.side;
    take(at, bins);
    return (int)min(max(cells.start + at, (i64)0), (i64)extent);
}

__device__ inline int bin_end(const Cells &cells, int bin, int bins, int extent) {
    i64 at = (i64)(bin + 1) * cells.side + bins - 1;
    take(at, bins);
    return (int)min(max(cells.start + at, (i64)0), (i64)extent);
}

#define POOL int n, int c, int h, int w, int rois, int bins_h, int bins_w, float scale

// A thread computes one bin of one channel; places, unless null, are the numbers of the cells in the map, -1 for an empty bin.
KERNEL roi_pool(const T *x, const float *regions, T *y, int *places, POOL) {
    Cell<1> bin(rois, bins_h, bins_w, c);
    if (!bin.exists) {
        return;
    }
    const float *roi = regions + bin.picture * 5;
    Cells columns = cells(roi[1], roi[3], scale);
    Cells rows = cells(roi[2], roi[4], scale);
    int picture = picture_of(roi, n);
    int top = bin_start(rows, bin.row, bins_h, h);
    int bottom = picture < 0 ? 0 : bin_end(rows, bin.row, bins_h, h);
    int left = bin_start(columns, bin.column, bins_w, w);
    int right = bin_end(columns, bin.column, bins_w, w);
    const T *map = x + (i64)picture * h * w * c + bin.channel;
    T best = from_float<T>(0);
    int place = -1;
    each_cell<Single<T>>(map, w, c, top, bottom, left, right, [&](int row, int column, const Single<T> &value) {
        if (place < 0 || to_float(value.v[0]) > to_float(best)) {
            best = value.v[0];
            place = row * w + column;
        }
    });
    y[bin.at] = best;
    if (places != nullptr) {
        places[bin.at] = place;
    }
}

// A thread sums for one cell of one channel what the bins give whose largest cell it is.
KERNEL roi_pool_backward(const T *dy, const int *places, const float *regions, T *dx, POOL) {
    Cell<1> cell(n, h, w, c);
    if (!cell.exists) {
        return;
    }
    int row = cell.row;
    int column = cell.column;
    float sum = 0;
    for (int r = 0; r < rois; r++) {
        const float *roi = regions + (i64)r * 5;
        Cells rows = cells(roi[2], roi[4], scale);
        Cells columns = cells(roi[1], roi[3], scale);
        bool inside = row >= rows.start && row < rows.start + rows.side && column >= columns.start
                && column < columns.start + columns.side && picture_of(roi, n) == cell.picture;
        for (int p = 0; p < bins_h && inside; p++) {
            if (bin_start(rows, p, bins_h, h) <= row && row < bin_end(rows, p, bins_h, h)) {
                for (int q = 0; q < bins_w; q++) {
                    i64 from = (((i64)r * bins_h + p) * bins_w + q) * c + cell.channel;
                    sum += places[from] == row * w + column ? to_float(dy[from]) : 0;
                }
            }
        }
    }
    dx[cell.at] = from_float<T>(sum);
}

#undef POOL
