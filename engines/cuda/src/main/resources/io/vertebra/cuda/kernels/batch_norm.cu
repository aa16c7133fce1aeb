// What batch norm does between the passes over its map, which are in channel_norm.cu: it puts the partial sums of runs of rows
// together, channel by channel. A block has eight channels in 32 lines, which take the runs in turn. T is float.
#include "common.cuh"
#include "maps.cuh"

// Mean and biased variance of each channel from moments of runs (runs, 2, channels), about the mean of the first run, so that
// each run is read once; running statistics follow them unless they are null: running = (1 - momentum) · running + momentum ·
// batch, with the unbiased variance.
KERNEL statistics(
        const float *partials, float *mean, float *variance, float *running_mean, float *running_variance, i64 rows, int channels,
        int runs, i64 length, float momentum, float unbias) {
    int channel = (int)blockIdx.x * 8 + (int)threadIdx.x % 8;
    int line = (int)threadIdx.x / 8;
    int end = channel < channels ? runs : 0;
    float origin = channel < channels ? partials[channel] : 0;
    float last = (float)(rows - (runs - 1) * length);
    float sums[2] = {};
#pragma unroll 4
    for (int run = line; run < end; run += 32) {
        const float *at = partials + (i64)run * 2 * channels + channel;
        float count = run + 1 < runs ? (float)length : last;
        float difference = at[0] - origin;
        sums[0] += count * difference;
        sums[1] += at[channels] + count * difference * difference;
    }
    sum_lines(sums, 8, 32);
    if (channel < channels && line == 0) {
        float off = sums[0] / (float)rows;
        float centre = origin + off;
        float spread = sums[1] / (float)rows - off * off;
        spread = spread < 0 ? 0 : spread; // by rounding alone
        mean[channel] = centre;
        variance[channel] = spread;
        if (running_mean != nullptr) {
            running_mean[channel] = (1 - momentum) * running_mean[channel] + momentum * centre;
            running_variance[channel] = (1 - momentum) * running_variance[channel] + momentum * (unbias * spread);
        }
    }
}

// From sums of g and of g · x̂ of runs (runs, 2, channels): the gradients of bias and weight, and what x's needs of both, the
// means of weight · g and of weight · g · x̂, which may be null.
KERNEL gradients(
        const float *partials, const float *weight, float *to_weight, float *to_bias, float *straight, float *along, int channels,
        int runs, float share) {
    int channel = (int)blockIdx.x * 8 + (int)threadIdx.x % 8;
    int line = (int)threadIdx.x / 8;
    int end = channel < channels ? runs : 0;
    float sums[2] = {};
#pragma unroll 4
    for (int run = line; run < end; run += 32) {
        const float *at = partials + (i64)run * 2 * channels + channel;
        sums[0] += at[0];
        sums[1] += at[channels];
    }
    sum_lines(sums, 8, 32);
    if (channel < channels && line == 0) {
        to_bias[channel] = sums[0];
        to_weight[channel] = sums[1];
        if (straight != nullptr) {
            straight[channel] = share * weight[channel] * sums[0];
            along[channel] = share * weight[channel] * sums[1];
        }
    }
}
