// The regions of which a two-stage detector learns, and what they should say.
#include "boxes.cuh"
#include "common.cuh"
#include "selection.cuh"

// The object of a picture that a box overlaps most, the first of equal ones, among `truths`; −1 if it overlaps none by `least`, which
// is above 0.
__device__ inline int match(const float *boxes, const int *labels, int truths, const Box &box, float least) {
    float size = area(box);
    float most = 0;
    int found = -1;
    for (int i = 0; i < truths; i++) {
        if (labels[i] > 0) {
            Box truth = box_at(boxes + 4 * i);
            float common = overlap(truth, area(truth), box, size);
            if (common > most) {
                most = common;
                found = i;
            }
        }
    }
    return most >= least ? found : -1;
}

// What a candidate is.
enum Kind { NOTHING, NEGATIVE, POSITIVE };

// The box of a candidate of a picture: its regions, then its truths.
__device__ inline Box candidate_at(const float *rois, const float *boxes, int regions, int truths, int picture, int i) {
    return i < regions ? box_at(rois + ((i64)picture * regions + i) * 5 + 1)
                       : box_at(boxes + ((i64)picture * truths + i - regions) * 4);
}

#define CANDIDATES const float *rois, const float *boxes, int regions, int truths

// kinds (pictures, regions + truths). Blocks: along y the pictures; a thread for each candidate.
KERNEL region_kinds(CANDIDATES, const int *labels, float least, int *kinds) {
    int picture = blockIdx.y;
    int i = (int)thread_index();
    if (i < regions + truths) {
        const float *own = boxes + (i64)picture * truths * 4;
        const int *own_labels = labels + (i64)picture * truths;
        Box box = candidate_at(rois, boxes, regions, truths, picture, i);
        bool counts = area(box) > 0 && (i < regions || own_labels[i - regions] > 0);
        bool positive = counts && match(own, own_labels, truths, box, least) >= 0;
        kinds[(i64)picture * (regions + truths) + i] = positive ? POSITIVE : counts ? NEGATIVE : NOTHING;
    }
}

// Writes the candidates of a kind whose random numbers are least, so many or all, in their order, from a row on; answers how many.
__device__ inline int draw(CANDIDATES, const int *kinds, u64 key, int kind, int wanted, float *to) {
    int picture = blockIdx.x;
    int count = regions + truths;
    auto number = [&](int i) {
        return kinds[i] == kind ? (u64)random_bits(key, (u64)picture * (u64)count + (u64)i) << 32 | (u32)i : NONE;
    };
    u64 bound = bound_of(wanted, 56, [&](u64 next) {
        int below = 0;
        for (int i = threadIdx.x; i < count; i += blockDim.x) {
            below += number(i) < next ? 1 : 0;
        }
        return below;
    });
    int drawn = 0;
    for (int from = 0; from < count; from += blockDim.x) {
        int i = from + threadIdx.x;
        bool chosen = i < count && number(i) < bound;
        Counted in = count_before(chosen ? 1 : 0);
        if (chosen) {
            store_region(to + 5 * (drawn + in.before), picture, candidate_at(rois, boxes, regions, truths, picture, i));
        }
        drawn += in.all;
    }
    return drawn;
}

// samples (pictures, count, 5): at most `positives` positive candidates, then negative ones, then some without area. A block for each
// picture.
KERNEL __launch_bounds__(1024) region_draw(CANDIDATES, const int *kinds, const u64 *key, int positives, int count, float *samples) {
    const int *own = kinds + (i64)blockIdx.x * (regions + truths);
    float *to = samples + (i64)blockIdx.x * count * 5;
    int drawn = draw(rois, boxes, regions, truths, own, *key, POSITIVE, positives, to);
    if (drawn < count) {
        drawn += draw(rois, boxes, regions, truths, own, *key, NEGATIVE, count - drawn, to + 5 * drawn);
    }
    for (int i = drawn + (int)threadIdx.x; i < count; i += blockDim.x) {
        store_region(to + 5 * i, blockIdx.x, Box{});
    }
}

#undef CANDIDATES
#define REGIONS const float *rois, const float *boxes, const int *labels, int pictures, int truths, int count, float least

// found = the label of each region's object, 0 where it has none, −1 for a region without area. A thread for each region.
KERNEL region_labels(REGIONS, int *found) {
    int i = (int)thread_index();
    if (i < count) {
        const float *roi = rois + (i64)i * 5;
        int picture = picture_of(roi, pictures);
        Box box = box_at(roi + 1);
        int label = -1;
        if (picture >= 0 && area(box) > 0) {
            const int *own = labels + (i64)picture * truths;
            int truth = match(boxes + (i64)picture * truths * 4, own, truths, box, least);
            label = truth < 0 ? 0 : own[truth];
        }
        found[i] = label;
    }
}

// codes (count, 4) of each region's object relative to the region, zeros where it has none: BoxCoder of graph.
KERNEL region_targets(REGIONS, float wx, float wy, float ww, float wh, float *codes) {
    int i = (int)thread_index();
    if (i < count) {
        const float *roi = rois + (i64)i * 5;
        int picture = picture_of(roi, pictures);
        Box box = box_at(roi + 1);
        Pack<float> code{};
        const float *own = boxes + (i64)max(picture, 0) * truths * 4;
        int truth = picture < 0 ? -1 : match(own, labels + (i64)picture * truths, truths, box, least);
        if (truth >= 0) {
            Box object = box_at(own + 4 * truth);
            float width = object.x2 - object.x1;
            float height = object.y2 - object.y1;
            float wide = box.x2 - box.x1;
            float high = box.y2 - box.y1;
            float dx = object.x1 + __fmul_rn(0.5f, width) - (box.x1 + __fmul_rn(0.5f, wide));
            float dy = object.y1 + __fmul_rn(0.5f, height) - (box.y1 + __fmul_rn(0.5f, high));
            code.v[0] = wx * dx / wide;
            code.v[1] = wy * dy / high;
            code.v[2] = ww * (float)log((double)(width / wide));
            code.v[3] = wh * (float)log((double)(height / high));
        }
        store_pack(codes + 4 * (i64)i, code);
    }
}

#undef REGIONS
