// Losses of detectors over the anchors or regions of all pictures; scale is 1 over how many count, at least 1.
#include "common.cuh"

// Focal loss of every column of (anchors, columns), the first of them that of label `first`: L = Σ α_t · (1 − p_t)^γ · −log p_t. A thread takes elements in strides;
// partial[block] = sum over its elements, without the scale.
KERNEL sigmoid_focal(
    const float *logits,
    const int *labels,
    float alpha,
    float gamma,
    int background,
    int first,
    int columns,
    int n,
    const float *scale,
    double *partial,
    float *gradient) {
    double sum = 0;
    for (i64 i = thread_index(); i < n; i += (i64)gridDim.x * blockDim.x) {
        int anchor = (int)((u32)i / (u32)columns);
        int label = labels[anchor];
        float slope = 0;
        if (label != -1) {
            bool wanted = (label > 0 || background) && (int)i - anchor * columns == label - first;
            float balance = alpha < 0 ? 1 : wanted ? alpha : 1 - alpha;
            float margin = wanted ? logits[i] : -logits[i];
            float power = expf(-fabsf(margin));
            float log = (margin < 0 ? margin : 0) - log1pf(power);                    // of p_t = σ(margin)
            float missed = (margin < 0 ? 1 : power) / (1 + power);                    // 1 − p_t
            float right = (margin < 0 ? power : 1) / (1 + power);
            float turned = gamma == 0 ? 1 : gamma == 2 ? missed * missed : powf(missed, gamma);
            sum -= balance * turned * log;
            // d/dm of −(1 − p)^γ · log p = (1 − p)^γ · (γ · p · log p − (1 − p))
            slope = balance * turned * (gamma * right * log - missed) * *scale;
            slope = wanted ? slope : -slope;
        }
        if (gradient) {
            gradient[i] = slope;
        }
    }
    store_block_sum(partial, sum);
}

// Smooth L1 of one box, and its slope by each number of it.
__device__ inline double smooth_l1(const float *box, const float *target, float beta, float scale, Pack<float> &slope) {
    Pack<float> x = load_pack(box);
    Pack<float> t = load_pack(target);
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        float d = x.v[k] - t.v[k];
        float distance = fabsf(d);
        bool near = distance < beta;
        sum += near ? d * d / (2 * beta) : distance - beta / 2;
        slope.v[k] = scale * (near ? d / beta : d > 0 ? 1 : d < 0 ? -1 : d);
    }
    return sum;
}

// Smooth L1 of the boxes (anchors, 4) of positive anchors. A thread takes anchors in strides; partial[block] = sum over them.
KERNEL box_smooth_l1(
    const float *boxes,
    const float *targets,
    const int *labels,
    float beta,
    int anchors,
    const float *scale,
    double *partial,
    float *gradient) {
    double sum = 0;
    for (i64 i = thread_index(); i < anchors; i += (i64)gridDim.x * blockDim.x) {
        Pack<float> slope{};
        if (labels[i] > 0) {
            sum += smooth_l1(boxes + 4 * i, targets + 4 * i, beta, *scale, slope);
        }
        if (gradient) {
            store_pack(gradient + 4 * i, slope);
        }
    }
    store_block_sum(partial, sum);
}

// Smooth L1 of the box (regions, classes, 4) of each region's class. A thread takes boxes in strides.
KERNEL region_smooth_l1(
    const float *boxes,
    const float *targets,
    const int *labels,
    float beta,
    int regions,
    int classes,
    const float *scale,
    double *partial,
    float *gradient) {
    double sum = 0;
    i64 all = (i64)regions * classes;
    for (i64 i = thread_index(); i < all; i += (i64)gridDim.x * blockDim.x) {
        i64 region = i;
        int k = take(region, classes);
        Pack<float> slope{};
        if (k > 0 && labels[region] == k) {
            sum += smooth_l1(boxes + 4 * i, targets + 4 * region, beta, *scale, slope);
        }
        if (gradient) {
            store_pack(gradient + 4 * i, slope);
        }
    }
    store_block_sum(partial, sum);
}
