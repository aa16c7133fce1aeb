// One minus the dice overlap of softmax and labels, over maps (N, H, W, K): each picture and class has an overlap
// (2·Σ p·t + s) / (Σ p² + Σ t + s). Logits are read thrice: for the softmax, for the sums, for the gradient.
#include "common.cuh"

// powers[position] = (maximum, 1 / Σ exp(z − maximum)) over the classes; 0 where the label is to be ignored. A warp takes a
// position.
KERNEL dice_powers(const float *logits, const int *labels, int ignore, int classes, int positions, float *powers) {
    int lane = threadIdx.x % 32;
    int each = blockDim.x / 32;
    for (i64 first = (i64)blockIdx.x * each; first < positions; first += (i64)gridDim.x * each) {
        i64 at = first + threadIdx.x / 32;
        bool counts = at < positions && labels[at] != ignore;
        const float *z = logits + at * classes;
        float top = __uint_as_float(0xff800000u); // −∞
        for (int k = lane; counts && k < classes; k += 32) {
            top = fmaxf(top, z[k]);
        }
        top = warp_max(top);
        float total = 0;
        for (int k = lane; counts && k < classes; k += 32) {
            total += expf(z[k] - top);
        }
        total = warp_sum(total);
        if (at < positions && lane == 0) {
            powers[2 * at] = counts ? top : 0;
            powers[2 * at + 1] = counts ? 1 / total : 0;
        }
    }
}

// partial[picture, chunk, 0 and 1, class] = Σ p·t and Σ p² + Σ t over a chunk of a picture's positions. Grid: chunks, groups of 32
// classes, pictures; a thread has a class, its warp every so many positions.
KERNEL dice_sums(
    const float *logits,
    const int *labels,
    const float *powers,
    int ignore,
    int classes,
    int area,
    int chunk,
    float *partial) {
    __shared__ float sums[2][8][32];
    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int k = blockIdx.y * 32 + lane;
    int from = blockIdx.x * chunk;
    int to = min(area, from + chunk);
    float common = 0;
    float sizes = 0;
    for (int position = from + warp; k < classes && position < to; position += 8) {
        i64 at = (i64)blockIdx.z * area + position;
        int label = labels[at];
        if (label != ignore) {
            float p = expf(logits[at * classes + k] - powers[2 * at]) * powers[2 * at + 1];
            common += label == k ? p : 0;
            sizes += p * p + (label == k ? 1 : 0);
        }
    }
    sums[0][warp][lane] = common;
    sums[1][warp][lane] = sizes;
    __syncthreads();
    if (warp < 2 && k < classes) {
        float sum = 0;
        for (int i = 0; i < 8; i++) {
            sum += sums[warp][i][lane];
        }
        partial[(((i64)blockIdx.z * gridDim.x + blockIdx.x) * 2 + warp) * classes + k] = sum;
    }
}

// For each picture and class: pulls (pull, push), the gradient of the loss by a probability is push · p − pull · t; partial[block] =
// Σ 1 − overlap. A thread takes a picture's class; terms is their number.
KERNEL dice_overlaps(
    const float *sums, int chunks, int classes, int terms, float smooth, float *pulls, double *partial) {
    double lost = 0;
    i64 term = thread_index();
    if (term < terms) {
        i64 picture = term / classes;
        int k = (int)(term % classes);
        double above = smooth;
        double below = smooth;
        for (int i = 0; i < chunks; i++) {
            i64 at = (picture * chunks + i) * 2 * classes + k;
            above += 2.0 * sums[at];
            below += sums[at + classes];
        }
        pulls[2 * term] = (float)(2 / (below * terms));
        pulls[2 * term + 1] = (float)(2 * above / (below * below * terms));
        lost = 1 - above / below;
    }
    store_block_sum(partial, lost);
}

// With the gradient g = push · p − pull · t of the probabilities, that of the logits: p · (g − Σ g · p). A warp takes a position.
KERNEL dice_gradient(
    const float *logits,
    const int *labels,
    const float *powers,
    const float *pulls,
    int ignore,
    int classes,
    int area,
    int positions,
    float *gradient) {
    int lane = threadIdx.x % 32;
    int each = blockDim.x / 32;
    for (i64 first = (i64)blockIdx.x * each; first < positions; first += (i64)gridDim.x * each) {
        i64 at = first + threadIdx.x / 32;
        int label = at < positions ? labels[at] : ignore;
        bool counts = label != ignore;
        float top = counts ? powers[2 * at] : 0;
        float inverse = counts ? powers[2 * at + 1] : 0;
        const float *z = logits + at * classes;
        const float *own = pulls + 2 * (at / area) * classes;
        float mean = 0;
        for (int k = lane; counts && k < classes; k += 32) {
            float p = expf(z[k] - top) * inverse;
            mean += p * (own[2 * k + 1] * p - (k == label ? own[2 * k] : 0));
        }
        mean = warp_sum(mean);
        for (int k = lane; at < positions && k < classes; k += 32) {
            float p = counts ? expf(z[k] - top) * inverse : 0;
            float g = counts ? own[2 * k + 1] * p - (k == label ? own[2 * k] : 0) : 0;
            gradient[at * classes + k] = p * (g - mean);
        }
    }
}
