// Copies of weights with a norm that has running statistics, or a layer scale, folded in.
#include "common.cuh"

__device__ inline float line(const float *scale, const float *variance, float epsilon, int filter) {
    return variance == 0 ? scale[filter] : scale[filter] / sqrtf(variance[filter] + epsilon);
}

// Each thread an element; the filter of an element is (index / inner) % filters. Without a variance: a layer scale.
KERNEL fold_weight(const float *weight, const float *scale, const float *variance, float epsilon, T *folded, i64 n,
                   int filters, i64 inner) {
    i64 i = thread_index();
    if (i < n) {
        int filter = (int)(i / inner % filters);
        folded[i] = from_float<T>(weight[i] * line(scale, variance, epsilon, filter));
    }
}

// Each thread a filter; what is 0 is not there.
KERNEL fold_bias(const float *bias, const float *scale, const float *shift, const float *mean, const float *variance,
                 float epsilon, float *folded, int filters) {
    int filter = (int)thread_index();
    if (filter < filters) {
        float centred = (bias == 0 ? 0 : bias[filter]) - (mean == 0 ? 0 : mean[filter]);
        folded[filter] = (shift == 0 ? 0 : shift[filter]) + centred * line(scale, variance, epsilon, filter);
    }
}
