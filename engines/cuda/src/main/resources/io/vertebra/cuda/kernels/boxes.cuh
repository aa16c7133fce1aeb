// Boxes x1, y1, x2, y2 as graph's Boxes computes with them: each step rounded to float, so that a threshold decides alike.
#pragma once
#include "common.cuh"

// Four floats, which need not lie at a multiple of 16 bytes.
struct Box {
    float x1, y1, x2, y2;
};

__device__ inline Box box_at(const float *at) {
    return {at[0], at[1], at[2], at[3]};
}

// At least 0; NaN stays.
__device__ inline float extent(float from, float to) {
    float length = to - from;
    return length < 0 ? 0 : length;
}

__device__ inline float area(const Box &box) {
    return __fmul_rn(extent(box.x1, box.x2), extent(box.y1, box.y2));
}

// IoU; 0 for two boxes without area.
__device__ inline float overlap(const Box &a, float area_a, const Box &b, float area_b) {
    float width = fminf(a.x2, b.x2) - fmaxf(a.x1, b.x1);
    float height = fminf(a.y2, b.y2) - fmaxf(a.y1, b.y1);
    float common = width > 0 && height > 0 ? __fmul_rn(width, height) : 0;
    return common > 0 ? common / (area_a + area_b - common) : 0;
}

// A row of regions (R, 5).
__device__ inline void store_region(float *to, int picture, const Box &box) {
    to[0] = (float)picture;
    to[1] = box.x1;
    to[2] = box.y1;
    to[3] = box.x2;
    to[4] = box.y2;
}
