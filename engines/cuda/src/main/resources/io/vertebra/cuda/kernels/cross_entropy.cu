// Softmax cross entropy with class labels, up to 1024 classes: loss and gradient in one pass over the logits.
//
// A row (the logits of a position) is held in registers by LANES neighbouring threads of a warp, V values each, so that it is
// read once. The name of a kernel ends in the most classes it can take.
#include "common.cuh"

template <int LANES>
__device__ inline float sum_over(float value) {
    for (int offset = LANES / 2; offset > 0; offset /= 2) {
        value += other_lane(value, offset);
    }
    return value;
}

template <int LANES>
__device__ inline float max_over(float value) {
    for (int offset = LANES / 2; offset > 0; offset /= 2) {
        value = fmaxf(value, other_lane(value, offset));
    }
    return value;
}

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
        top = max_over<LANES>(top);
        total = 0;
        for (int i = 0; i < V; i++) {
            z[i] -= top;
            power[i] = lane + i * LANES < classes ? expf(z[i]) : 0;
            total += power[i];
        }
        total = sum_over<LANES>(total);
        own = counts ? logits[label] - top : 0;
    }
};

template <int LANES, int V>
__device__ inline void cross_entropy(
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
            loss += spread * (all_weights * log - sum_over<LANES>(dot));
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
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = sum;
    }
}

// losses[row] = unweighted cross entropy, −1 where the label is to be ignored. Never negative else, NaN always the same NaN:
// the order of such losses is that of their bits.
template <int LANES, int V>
__device__ inline void label_losses(const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    int each = blockDim.x / LANES;
    for (i64 first = (i64)blockIdx.x * each; first < rows; first += (i64)gridDim.x * each) {
        i64 row = first + threadIdx.x / LANES;
        int label = row < rows ? labels[row] : ignore;
        Row<LANES, V> x(logits + row * classes, classes, label, label != ignore);
        float loss = logf(x.total) - x.own;
        if (row < rows && threadIdx.x % LANES == 0) {
            losses[row] = label == ignore ? -1 : loss >= 0 ? loss : __uint_as_float(0x7fc00000u);
        }
    }
}

// Loss and gradient: gradient[row, k] = scale · (Σ_j t_j · softmax_k − t_k), t_k = w_k · ((1 − s) · [k is the label] + s / K);
// partial[block] = Σ over its rows of Σ_k t_k · −log softmax_k. Without weights all are 1, without a scale on the device the
// constant holds, and without a gradient there is none.
KERNEL cross_entropy_32(
    const float *logits,
    const int *labels,
    const float *weights,
    float all_weights,
    float smoothing,
    int ignore,
    int classes,
    int rows,
    const float *scale,
    float constant,
    double *partial,
    float *gradient) {
    cross_entropy<8, 4>(
        logits, labels, weights, all_weights, smoothing, ignore, classes, rows, scale, constant, partial, gradient);
}

KERNEL cross_entropy_128(
    const float *logits,
    const int *labels,
    const float *weights,
    float all_weights,
    float smoothing,
    int ignore,
    int classes,
    int rows,
    const float *scale,
    float constant,
    double *partial,
    float *gradient) {
    cross_entropy<32, 4>(
        logits, labels, weights, all_weights, smoothing, ignore, classes, rows, scale, constant, partial, gradient);
}

KERNEL cross_entropy_256(
    const float *logits,
    const int *labels,
    const float *weights,
    float all_weights,
    float smoothing,
    int ignore,
    int classes,
    int rows,
    const float *scale,
    float constant,
    double *partial,
    float *gradient) {
    cross_entropy<32, 8>(
        logits, labels, weights, all_weights, smoothing, ignore, classes, rows, scale, constant, partial, gradient);
}

KERNEL cross_entropy_1024(
    const float *logits,
    const int *labels,
    const float *weights,
    float all_weights,
    float smoothing,
    int ignore,
    int classes,
    int rows,
    const float *scale,
    float constant,
    double *partial,
    float *gradient) {
    cross_entropy<32, 32>(
        logits, labels, weights, all_weights, smoothing, ignore, classes, rows, scale, constant, partial, gradient);
}

KERNEL label_losses_32(
    const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    label_losses<8, 4>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_128(
    const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    label_losses<32, 4>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_256(
    const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    label_losses<32, 8>(logits, labels, ignore, classes, rows, losses);
}

KERNEL label_losses_1024(
    const float *logits, const int *labels, int ignore, int classes, int rows, float *losses) {
    label_losses<32, 32>(logits, labels, ignore, classes, rows, losses);
}
