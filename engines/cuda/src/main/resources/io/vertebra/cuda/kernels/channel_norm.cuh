// What the passes of batch norm and group norm over their maps share. Statistics are vectors of one number a channel, of each
// picture where `stride` is the number of channels, of all where it is 0.
#pragma once
#include "common.cuh"
#include "maps.cuh"

// What of a channel a norm needs: y = (x - mean) · scale + shift, scale = weight · inverse.
template <int N>
struct Channels {
    float mean[N], inverse[N], scale[N], shift[N];

    __device__ Channels(
            const float *means, const float *variances, const float *weight, const float *bias, i64 at, int channel,
            float epsilon) {
        load_floats(means + at, mean);
        load_floats(variances + at, inverse);
        load_floats(weight + channel, scale);
        load_floats(bias + channel, shift);
        for (int k = 0; k < N; k++) {
            inverse[k] = 1 / sqrtf(inverse[k] + epsilon);
            scale[k] *= inverse[k];
        }
    }

    // In one form, so that the backward pass sees the signs of the forward pass.
    __device__ float result(float x, int k) const {
        return fmaf(x - mean[k], scale[k], shift[k]);
    }
};
