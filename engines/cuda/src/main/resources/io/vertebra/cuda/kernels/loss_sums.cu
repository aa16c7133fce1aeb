// What all losses share: how many positions count, and the sum over partial sums.
// A loss is Σ / M. M depends on labels alone, so 1/M ("scale") is known before the first gradient is written. Partial sums are
// double, one a block, and are added in a fixed order.
#include "common.cuh"

// partial[block] = Σ weight of the label, over labels that are not to be ignored. Threads stride over the labels.
KERNEL label_weights(const int *labels, const float *weights, int ignore, int n, double *partial) {
    double sum = 0;
    for (i64 i = thread_index(); i < n; i += (i64)gridDim.x * blockDim.x) {
        int label = labels[i];
        if (label != ignore) {
            sum += weights ? weights[label] : 1.0f;
        }
    }
    store_block_sum(partial, sum);
}

// partial[block] = number of labels above 0.
KERNEL positive_labels(const int *labels, int n, double *partial) {
    double sum = 0;
    for (i64 i = thread_index(); i < n; i += (i64)gridDim.x * blockDim.x) {
        sum += labels[i] > 0 ? 1 : 0;
    }
    store_block_sum(partial, sum);
}

__device__ inline double sum_of(const double *partial, int count) {
    double sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        sum += partial[i];
    }
    return block_sum(sum);
}

// scale = 1 / max(least, Σ partial), 0 where that is 0. One block.
KERNEL loss_scale(const double *partial, int count, float least, float *scale) {
    double sum = sum_of(partial, count);
    if (threadIdx.x == 0) {
        double divisor = sum < least ? least : sum;
        *scale = divisor == 0 ? 0 : (float)(1 / divisor);
    }
}

// loss = scale · Σ partial. One block; without a scale on the device the constant holds.
KERNEL loss_total(const double *partial, int count, const float *scale, float constant, float *loss) {
    double sum = sum_of(partial, count);
    if (threadIdx.x == 0) {
        *loss = (float)(sum * (scale ? *scale : constant));
    }
}
