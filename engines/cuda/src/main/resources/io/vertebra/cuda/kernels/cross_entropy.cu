// Softmax cross entropy: loss and gradient in one pass over the logits.
//
// With class labels, up to 1024 of them: a row (the logits of a position) is held in registers by LANES neighbouring threads of a
// warp, V values each, so that it is read once. The name of a kernel ends in the most classes it can take.
// With soft labels, and with more classes: a block takes a row, which is read from memory once and twice more from the cache.
#include "common.cuh"

#define CROSS_ENTROPY \
    const float *logits, const int *labels, const float *weights, float all_weights, float smoothing, int ignore, int classes, \
            int rows, const float *scale_at, float constant, double *partial, float *gradient
#define GIVEN logits, labels, weights, all_weights, smoothing, ignore, classes, rows, scale_at, constant, partial, gradient
#define LABEL_LOSSES const float *logits, const int *labels, int ignore, int classes, int rows, float *losses

// Logits minus their maximum, the sum of their powers, and the own one of the label.
template <int LANES, int V>
struct Row {
    float z[V];
    float power[V];
    float total;
    float own;

    // All threads of a warp come here; where the row does not count, nothing is read.
    __device__ Row(const float *logits, int classes, int label, bool counts) {
        float low = __uint_as_float(0xff800000u); // −∞
        float top = low;
        int lane = threadIdx.x % LANES;
        for (int i = 0; i < V; i++) {
            int k = lane + i * LANES;
            z[i] = counts && k < classes ? logits[k] : low;
            top = fmaxf(top, z[i]);
        }
        top = group_max(top, LANES);
        total = 0;
        for (int i = 0; i < V; i++) {
            z[i] -= top;
            power[i] = lane + i * LANES < classes ? expf(z[i]) : 0;
            total += power[i];
        }
        total = group_sum(total, LANES);
        own = counts ? logits[label] - top : 0;
    }
};

template <int LANES, int V>
__device__ inline void cross_entropy(CROSS_ENTROPY) {
    float scale = scale_at ? *scale_at : constant;
    float spread = smoothing / classes;
    int lane = threadIdx.x % LANES;
    int each = blockDim.x / LANES;
    double sum = 0;
    // the same turns for all threads of a block, which shuffle
    for (i64 first = (i64)blockIdx.x * each; first < rows; first += (i64)gridDim.x * each) {
        i64 row = first + threadIdx.x / LANES;
        int label = row < rows ? labels[row] : ignore;
        bool counts = label != ignore && scale != 0;
        Row<LANES, V> x(logits + row * classes, classes, label, counts);
        float target = counts ? (1 - smoothing) * (weights ? weights[label] : 1) : 0;
        float log = logf(x.total);
        float loss = target * (log - x.own);
        if (spread > 0) {
            float dot = 0;
            for (int i = 0; i < V; i++) {
                int k = lane + i * LANES;
                dot += k < classes ? (weights ? weights[k] : 1) * x.z[i] : 0;
            }
            loss += spread * (all_weights * log - group_sum(dot, LANES));
        }
        if (counts && lane == 0) {
            sum += loss;
        }
        if (gradient && row < rows) {
            float factor = (target + spread * all_weights) * scale / x.total;
            for (int i = 0; i < V; i++) {
                int k = lane + i * LANES;
                if (k < classes) {
                    float wanted = spread * (weights ? weights[k] : 1) + (k == label ? target : 0);
                    gradient[row * classes + k] = counts ? x.power[i] * factor - wanted * scale : 0;
                }
            }
        }
    }
    store_block_sum(partial, sum);
}

// What is no number is always the same NaN: the order of losses, which are never negative, is that of their bits.
__device__ inline float ordered(float loss) {
    return loss >= 0 ? loss : __uint_as_float(0x7fc00000u);
}

// losses[row] = unweighted cross entropy, −1 where the label is to be ignored.
template <int LANES, int V>
__device__ inline void label_losses(LABEL_LOSSES) {
    int each = blockDim.x / LANES;
    for (i64 first = (i64)blockIdx.x * each; first < rows; first += (i64)gridDim.x * each) {
        i64 row = first + threadIdx.x / LANES;
        int label = row < rows ? labels[row] : ignore;
        Row<LANES, V> x(logits + row * classes, classes, label, label != ignore);
        float loss = logf(x.total) - x.own;
        if (row < rows && threadIdx.x % LANES == 0) {
            losses[row] = label == ignore ? -1 : ordered(loss);
        }
    }
}

// Loss and gradient: gradient[row, k] = scale · (Σ_j t_j · softmax_k − t_k), t_k = w_k · ((1 − s) · [k is the label] + s / K);
// partial[block] = Σ over its rows of Σ_k t_k · −log softmax_k. Without weights all are 1, without a scale on the device the
// constant holds, and without a gradient there is none.
KERNEL cross_entropy_32(CROSS_ENTROPY) {
    cross_entropy<8, 4>(GIVEN);
}

KERNEL cross_entropy_128(CROSS_ENTROPY) {
    cross_entropy<32, 4>(GIVEN);
}

KERNEL cross_entropy_256(CROSS_ENTROPY) {
    cross_entropy<32, 8>(GIVEN);
}

KERNEL cross_entropy_1024(CROSS_ENTROPY) {
    cross_entropy<32, 32>(GIVEN);
}

KERNEL label_losses_32(LABEL_LOSSES) {
    label_losses<8, 4>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_128(LABEL_LOSSES) {
    label_losses<32, 4>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_256(LABEL_LOSSES) {
    label_losses<32, 8>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_1024(LABEL_LOSSES) {
    label_losses<32, 32>(logits, labels, ignore, classes, rows, losses);
}

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

// As the others, for any number of classes; the sum of all weights is not needed here.
KERNEL cross_entropy_wide(CROSS_ENTROPY) {
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
KERNEL label_losses_wide(LABEL_LOSSES) {
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        int label = labels[row];
        float loss = 0;
        if (label != ignore) {
            Wanted wanted{0, label, 0, 1, 0};
            loss = row_loss(logits + (i64)row * classes, classes, wanted, 0, 0);
        }
        if (threadIdx.x == 0) {
            losses[row] = label == ignore ? -1 : ordered(loss);
        }
    }
}

#undef CROSS_ENTROPY
#undef GIVEN
#undef LABEL_LOSSES
