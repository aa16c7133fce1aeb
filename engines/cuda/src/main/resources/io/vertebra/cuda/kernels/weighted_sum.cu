// Sums of scalars.
#include "common.cuh"

// sum = before + a·x + b·y + c·z + d·w, where there are so many. One thread does it all, in double.
KERNEL weighted_sum(
    const float *before,
    const float *x,
    float a,
    const float *y,
    float b,
    const float *z,
    float c,
    const float *w,
    float d,
    float *sum) {
    if (thread_index() == 0) {
        double total = before ? *before : 0;
        total += (double)a * *x;
        total += y ? (double)b * *y : 0;
        total += z ? (double)c * *z : 0;
        total += w ? (double)d * *w : 0;
        *sum = (float)total;
    }
}
