// From the logits and encodings of anchors to the candidates of each level: the best so many, decoded, cut to the picture, without
// small ones. Blocks: along x chunks of a list, along y the levels, along z the pictures.
#include "boxes.cuh"
#include "common.cuh"
#include "region_proposals.cuh"
#include "selection.cuh"

#define LISTS const float *logits, int all, const int *levels, const u64 *given, int length, int wanted

// chosen = the least `wanted` keys of each chunk, NONE behind them: (pictures, levels, chunks, wanted).
KERNEL __launch_bounds__(1024) region_select(LISTS, u64 *chosen) {
    i64 list = (i64)blockIdx.z * gridDim.y + blockIdx.y;
    u64 *to = chosen + (list * gridDim.x + blockIdx.x) * wanted;
    u64 keys[EACH];
    int from = (int)blockIdx.x * (int)blockDim.x * EACH;
    own_keys(logits, all, RegionLevel(levels, blockIdx.y), given, length, list, blockIdx.z, from, keys);
    int count = choose_keys(keys, wanted, to);
    for (int i = count + (int)threadIdx.x; i < wanted; i += blockDim.x) {
        to[i] = NONE;
    }
}

// A coordinate, cut off at 0 and at the end; NaN stays.
__device__ inline float clip(float at, float end) {
    float from = at <= 0 ? 0 : at;
    return from > end ? end : from;
}

__device__ inline float scaled(float log) {
    constexpr float LARGEST = 4.135166556742356f; // ln(1000 / 16)
    return (float)exp((double)(log > LARGEST ? LARGEST : log));
}

// The box of an anchor of a level, cut to the picture: BoxCoder of graph.
__device__ inline Box decode(
        const RegionLevel &level, const float *bases, int anchor, const float *code, float height, float width) {
    int index = anchor - level.start;
    int cell = index / level.per_cell;
    Box a = box_at(bases + 4 * (level.base + index % level.per_cell));
    float across = (float)(cell % level.columns * level.stride_x);
    float down = (float)(cell / level.columns * level.stride_y);
    a = {a.x1 + across, a.y1 + down, a.x2 + across, a.y2 + down};
    float wide = a.x2 - a.x1;
    float high = a.y2 - a.y1;
    float x = __fmul_rn(code[0], wide) + (a.x1 + __fmul_rn(0.5f, wide));
    float y = __fmul_rn(code[1], high) + (a.y1 + __fmul_rn(0.5f, high));
    float half_wide = __fmul_rn(0.5f * scaled(code[2]), wide);
    float half_high = __fmul_rn(0.5f * scaled(code[3]), high);
    return {clip(x - half_wide, width), clip(y - half_high, height), clip(x + half_wide, width), clip(y + half_high, height)};
}

// Of each list, of one chunk: keys and boxes (lists, wanted) of its candidates, best first, and how many there are. padded: the
// power of two that is not below wanted.
KERNEL __launch_bounds__(1024) region_candidates(
        LISTS, int padded, const float *bases, const float *encodings, const float *sizes, float least, float least_logit,
        u64 *chosen,
        float *boxes, int *counts) {
    __shared__ u64 sorted[SORTED];
    i64 list = (i64)blockIdx.z * gridDim.y + blockIdx.y;
    RegionLevel level(levels, blockIdx.y);
    u64 keys[EACH];
    own_keys(logits, all, level, given, length, list, blockIdx.z, 0, keys);
    int count = choose_keys(keys, wanted, sorted);
    for (int i = count + (int)threadIdx.x; i < padded; i += blockDim.x) {
        sorted[i] = NONE;
    }
    sort(sorted, padded);
    float height = sizes[2 * blockIdx.z];
    float width = sizes[2 * blockIdx.z + 1];
    int kept = 0;
    for (int from = 0; from < count; from += blockDim.x) {
        int i = from + threadIdx.x;
        Box box{};
        bool large = false;
        if (i < count) {
            int anchor = (int)(u32)sorted[i];
            box = decode(level, bases, anchor, encodings + 4 * ((i64)blockIdx.z * all + anchor), height, width);
            bool likely = !(logits[(i64)blockIdx.z * all + anchor] < least_logit); // NaN is
            large = likely && extent(box.x1, box.x2) >= least && extent(box.y1, box.y2) >= least;
        }
        Counted in = count_before(large ? 1 : 0);
        if (large) {
            i64 at = list * wanted + kept + in.before;
            chosen[at] = sorted[i];
            store_pack(boxes + 4 * at, Pack<float>{{box.x1, box.y1, box.x2, box.y2}});
        }
        kept += in.all;
    }
    if (threadIdx.x == 0) {
        counts[list] = kept;
    }
}

#undef LISTS
