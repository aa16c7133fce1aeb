// Softmax cross entropy of soft labels, and of class labels among more than 1024: a block takes a row. The row is read from
// memory once and twice more from the cache.
#include "common.cuh"

__device__ inline float block_max(float value) {
    __shared__ float tops[32];
    value = warp_max(value);
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        tops[threadIdx.x / 32] = value;
    }
    __syncthreads();
    for (int i = 0; i < (int)blockDim.x / 32; i++) {
        value = fmaxf(value, tops[i]);
    }
    return value;
}

__device__ inline float row_max(const float *z, int classes) {
    float top = __uint_as_float(0xff800000u); // −∞
    for (int k = threadIdx.x; k < classes; k += blockDim.x) {
        top = fmaxf(top, z[k]);
    }
    return block_max(top);
}

// Where labels are soft, those of a row; else the one label.
struct Wanted {
    const float *soft;
    int label;
    const float *weights;
    float rest;
    float spread;

    __device__ inline float at(int k) const {
        float q = soft ? soft[k] : k == label ? 1 : 0;
        return (weights ? weights[k] : 1) * (rest * q + spread);
    }
};

// The loss of a row, in every thread; its gradient if wanted.
__device__ inline float row_loss(const float *z, int classes, const Wanted &wanted, float scale, float *gradient) {
    float top = row_max(z, classes);
    float total = 0;
    float mass = 0;
    float dot = 0;
    for (int k = threadIdx.x; k < classes; k += blockDim.x) {
        float t = wanted.at(k);
        total += expf(z[k] - top);
        mass += t;
        dot += t == 0 ? 0 : t * (z[k] - top);
    }
    total = block_sum(total);
    mass = block_sum(mass);
    dot = block_sum(dot);
    if (gradient) {
        float factor = mass * scale / total;
        for (int k = threadIdx.x; k < classes; k += blockDim.x) {
            gradient[k] = expf(z[k] - top) * factor - scale * wanted.at(k);
        }
    }
    return mass * logf(total) - dot;
}

// As cross_entropy of class labels, for any number of classes; the parameters are the same, though the sum of all weights is
// not needed here.
KERNEL cross_entropy_wide(
    const float *logits,
    const int *labels,
    const float *weights,
    float all_weights,
    float smoothing,
    int ignore,
    int classes,
    int rows,
    const float *scale_at,
    float constant,
    double *partial,
    float *gradient) {
    float scale = scale_at ? *scale_at : constant;
    double sum = 0;
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        int label = labels[row];
        i64 at = (i64)row * classes;
        float *own = gradient ? gradient + at : 0;
        if (label != ignore && scale != 0) {
            Wanted wanted{0, label, weights, 1 - smoothing, smoothing / classes};
            sum += row_loss(logits + at, classes, wanted, scale, own);
        } else {
            for (int k = threadIdx.x; own && k < classes; k += blockDim.x) {
                own[k] = 0;
            }
        }
    }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

// Soft labels (rows, classes), which need not sum to 1; the loss is divided by the rows.
KERNEL cross_entropy_soft(
    const float *logits,
    const float *labels,
    const float *weights,
    float smoothing,
    int classes,
    int rows,
    double *partial,
    float *gradient) {
    double sum = 0;
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        i64 at = (i64)row * classes;
        Wanted wanted{labels + at, 0, weights, 1 - smoothing, smoothing / classes};
        sum += row_loss(logits + at, classes, wanted, 1.0f / rows, gradient ? gradient + at : 0);
    }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

// As label_losses, for any number of classes.
KERNEL label_losses_wide(const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        int label = labels[row];
        float loss = 0;
        if (label != ignore) {
            Wanted wanted{0, label, 0, 1, 0};
            loss = row_loss(logits + (i64)row * classes, classes, wanted, 0, 0);
        }
        if (threadIdx.x == 0) {
            losses[row] = label == ignore ? -1 : loss >= 0 ? loss : __uint_as_float(0x7fc00000u);
        }
    }
}
