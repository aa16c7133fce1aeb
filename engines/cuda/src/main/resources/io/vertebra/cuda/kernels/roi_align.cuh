// What the passes of RoI align share: regions (R, 5), rows of picture, x1, y1, x2, y2, each cut from one level of a pyramid of maps
// (N, H, W, C), and the samples along their sides.
#pragma once
#include "common.cuh"

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

// The level of a region: how many bounds, each the least area of the next level, it reaches; 0 of a pyramid of one map.
__device__ inline int level_of(const float *roi, const float *bounds, int levels) {
    float width = fmaxf(roi[3] - roi[1], 0);
    float area = width * fmaxf(roi[4] - roi[2], 0);
    int level = 0;
    while (level < levels - 1 && area >= bounds[level]) {
        level++;
    }
    return level;
}

// Levels that a launch takes; where there are more, others take the rest. A map that is null is not written.
constexpr int LEVELS = 4;

// One of them.
template <typename P>
struct Level {
    P *map;
    int h, w;
    float scale;
};

#define PYRAMID(P) P *map0, P *map1, P *map2, P *map3, int h0, int w0, int h1, int w1, int h2, int w2, int h3, int w3
#define MAPS map0, map1, map2, map3, h0, w0, h1, w1, h2, w2, h3, w3

// A level, counted from the first of the launch, whose scale is given; each is half of the one before.
template <typename P>
__device__ inline Level<P> level_at(int level, float scale, PYRAMID(P)) {
    switch (level) {
        case 0: return {map0, h0, w0, scale};
        case 1: return {map1, h1, w1, scale / 2};
        case 2: return {map2, h2, w2, scale / 4};
        default: return {map3, h3, w3, scale / 8};
    }
}

// regions and bounds; pictures, channels, regions, bins, the scale of the first level of the launch, samples, whether coordinates
// name centres; levels of the pyramid and the first of the launch.
#define REGIONS const float *regions, const float *bounds
#define ALIGN int n, int c, int rois, int bins_h, int bins_w, float scale, int ratio, int aligned, int levels, int first
#define ALIGNED n, c, rois, bins_h, bins_w, scale, ratio, aligned, levels, first
