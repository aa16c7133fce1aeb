// Non-maximum suppression of each list of boxes (lists, most), best first, and the regions of a picture: the best of what is left
// of its lists.
#include "boxes.cuh"
#include "common.cuh"

// Boxes that a word of bits tells about.
constexpr int WORD = 64;

// overlaps (lists, most, words): bit k of word w of a box says that box 64 w + k, a worse one, overlaps it by more than the limit.
// Words of better boxes alone are not written. Blocks: along x runs of 256 boxes of all lists, along y the words.
KERNEL region_overlaps(const float *boxes, const int *counts, int most, int runs, float limit, u64 *overlaps) {
    __shared__ Box others[WORD];
    __shared__ float areas[WORD];
    i64 list = blockIdx.x / (u32)runs;
    int run = (int)(blockIdx.x % (u32)runs) * (int)blockDim.x;
    int first = (int)blockIdx.y * WORD;
    int count = counts[list];
    const float *own = boxes + 4 * list * most;
    if (first + WORD - 1 <= run || first >= count || run >= count) {
        return;
    }
    if (threadIdx.x < WORD && first + (int)threadIdx.x < count) {
        Box other = box_at(own + 4 * (first + (int)threadIdx.x));
        others[threadIdx.x] = other;
        areas[threadIdx.x] = area(other);
    }
    __syncthreads();
    int i = run + (int)threadIdx.x;
    if (i < count) {
        Box box = box_at(own + 4 * i);
        float size = area(box);
        u64 bits = 0;
        for (int k = max(0, i + 1 - first); k < min(WORD, count - first); k++) {
            bits |= overlap(others[k], areas[k], box, size) > limit ? 1ull << k : 0;
        }
        overlaps[(list * most + i) * gridDim.y + blockIdx.y] = bits;
    }
}

// left = the keys of each list that no better one that is left overlaps too much, places = where they are in the list, and how many.
// A block of 256 for each list.
KERNEL region_suppress(const u64 *overlaps, const u64 *keys, const int *counts, int most, int words, u64 *left, int *places,
                       int *left_counts) {
    __shared__ u64 gone[WORD];        // bits of each word of 64
    __shared__ u64 kept;              // of the word that is being decided
    __shared__ u64 own[WORD];         // what each box of this word says about it
    __shared__ u64 sums[4][WORD];     // what these boxes say about the words behind
    i64 list = blockIdx.x;
    int count = counts[list];
    int column = threadIdx.x % WORD;
    int line = threadIdx.x / WORD;
    const u64 *rows = overlaps + list * most * words;
    if (line == 0) {
        gone[column] = 0;
    }
    int found = 0;
    for (int word = 0; word * WORD < count; word++) {
        int first = word * WORD;
        if (line == 0) {
            own[column] = first + column < count ? rows[(i64)(first + column) * words + word] : 0;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            u64 bad = gone[word];
            kept = 0;
            for (int k = 0; k < min(WORD, count - first); k++) {
                if ((bad >> k & 1) == 0) {
                    kept |= 1ull << k;
                    bad |= own[k];
                }
            }
        }
        __syncthreads();
        u64 all = 0;
        if (column > word && column * WORD < count) {
            for (int k = line; k < WORD; k += 4) {
                all |= kept >> k & 1 ? rows[(i64)(first + k) * words + column] : 0;
            }
        }
        sums[line][column] = all;
        bool stays = line == 0 && (kept >> column & 1) == 1;
        Counted in = count_before(stays ? 1 : 0);
        if (stays) {
            i64 at = list * most + found + in.before;
            left[at] = keys[list * most + first + column];
            places[at] = first + column;
        }
        found += in.all;
        __syncthreads();
        if (line == 0) {
            gone[column] |= sums[0][column] | sums[1][column] | sums[2][column] | sums[3][column];
        }
    }
    if (threadIdx.x == 0) {
        left_counts[list] = found;
    }
}

// How many of these keys, in order, are below one.
__device__ inline int below(const u64 *keys, int count, u64 key) {
    int from = 0;
    while (from < count) {
        int middle = (from + count) / 2;
        if (keys[middle] < key) {
            from = middle + 1;
        } else {
            count = middle;
        }
    }
    return from;
}

// regions (pictures, count, 5): the best of all levels, best first, then some without area. Blocks: along y the pictures; a thread
// for each place of each level, and for each region.
KERNEL region_merge(const u64 *left, const int *places, const int *left_counts, const float *boxes, int levels, int most, int count,
                    float *regions) {
    int picture = blockIdx.y;
    i64 t = thread_index();
    const int *counts = left_counts + picture * levels;
    float *to = regions + (i64)picture * count * 5;
    int all = 0;
    for (int level = 0; level < levels; level++) {
        all += counts[level];
    }
    if (t >= all && t < count) {
        store_region(to + t * 5, picture, Box{});
    }
    if (t >= (i64)levels * most) {
        return;
    }
    int own = (int)(t / most);
    int rank = (int)(t % most);
    if (rank >= counts[own]) {
        return;
    }
    i64 list = (i64)picture * levels;
    i64 at = (list + own) * most + rank;
    for (int level = 0; level < levels && rank < count; level++) {
        rank += level == own ? 0 : below(left + (list + level) * most, counts[level], left[at]);
    }
    if (rank < count) {
        store_region(to + (i64)rank * 5, picture, box_at(boxes + 4 * ((list + own) * most + places[at])));
    }
}
