// What the passes that turn a region proposal network's numbers into regions share.
//
// A level of a picture is a list: its anchors, then the best of them as keys, then the boxes of these, best first. A key is the
// logit, turned round, above the number of the anchor in its picture: the least one is the best, of equal logits the first anchor.
#pragma once
#include "boxes.cuh"
#include "common.cuh"
#include "selection.cuh"

// Keys that a thread holds in registers.
constexpr int EACH = 16;
// Those that a block can sort.
constexpr int SORTED = 4096;

// A row of the table of levels.
struct RegionLevel {
    int start;              // of its anchors among those of a picture
    int count;              // of its anchors
    int columns;            // of its grid
    int per_cell;           // anchors of a cell
    int stride_y, stride_x; // pixels from a cell to the next
    int base;               // of its first base box among all

    __device__ RegionLevel(const int *table, int level) {
        const int *row = table + 7 * level;
        start = row[0];
        count = row[1];
        columns = row[2];
        per_cell = row[3];
        stride_y = row[4];
        stride_x = row[5];
        base = row[6];
    }
};

__device__ inline u64 key_of(float logit, int anchor) {
    u32 bits = logit == logit ? __float_as_uint(logit + 0.0f) : 0x7fc00000u; // −0 is 0, NaN the largest
    u32 descending = bits >> 31 ? bits : ~bits & 0x7fffffffu;
    return (u64)descending << 32 | (u32)anchor;
}

// The own keys of a block, whose chunk of a list begins at `from`: of logits, or of keys already chosen where there are some.
__device__ inline void own_keys(
        const float *logits, int all, const RegionLevel &level, const u64 *given, int length, i64 list, int picture, int from,
        u64 (&keys)[EACH]) {
    for (int k = 0; k < EACH; k++) {
        int i = from + k * (int)blockDim.x + (int)threadIdx.x;
        keys[k] = NONE;
        if (given != nullptr) {
            keys[k] = i < length ? given[list * length + i] : NONE;
        } else if (i < level.count) {
            keys[k] = key_of(logits[(i64)picture * all + level.start + i], level.start + i);
        }
    }
}

// Writes so many of a block's keys, the least, to the beginning of `to`, in no order that matters; answers how many there are.
__device__ inline int choose_keys(const u64 (&keys)[EACH], int wanted, u64 *to) {
    u64 bound = bound_of(wanted, 64, [&](u64 next) {
        int below = 0;
        for (int k = 0; k < EACH; k++) {
            below += keys[k] < next ? 1 : 0;
        }
        return below;
    });
    int count = 0;
    for (int k = 0; k < EACH; k++) {
        count += keys[k] < bound ? 1 : 0;
    }
    Counted in = count_before(count);
    for (int k = 0; k < EACH; k++) {
        if (keys[k] < bound) {
            to[in.before++] = keys[k];
        }
    }
    return in.all;
}
