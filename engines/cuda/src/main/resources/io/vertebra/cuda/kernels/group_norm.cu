// What group norm does between the passes over its map, which are in channel_norm.cu: it puts the partial sums of runs of rows
// and of the channels of a group together. A block has one group of one picture. T is float.
#include "common.cuh"

// The group of a block, and its partial sums in turn.
struct Group {
    int picture, first, each;
    i64 items;

    __device__ Group(int channels, int groups, int runs) {
        picture = blockIdx.x / (u32)groups;
        each = channels / groups;
        first = (int)(blockIdx.x % (u32)groups) * each;
        items = (i64)runs * each;
    }

    __device__ int run(i64 item) const {
        return (int)(item / each);
    }

    __device__ int channel(i64 item) const {
        return first + (int)(item % each);
    }
};

// Mean and biased variance of each group from moments (pictures, runs, 2, channels), by Chan's method, once for each of its
// channels: (pictures, channels).
KERNEL statistics(
        const float *partials, float *mean, float *variance, i64 rows, int channels, int groups, int runs, i64 length) {
    Group g(channels, groups, runs);
    const float *own = partials + (i64)g.picture * runs * 2 * channels;
    float size = (float)rows * g.each;
    float sum = 0;
    for (i64 i = threadIdx.x; i < g.items; i += blockDim.x) {
        int run = g.run(i);
        float count = (float)(min(rows, (run + 1) * length) - run * length);
        sum += count * own[(i64)run * 2 * channels + g.channel(i)];
    }
    float centre = block_sum(sum) / size;
    float squares = 0;
    for (i64 i = threadIdx.x; i < g.items; i += blockDim.x) {
        int run = g.run(i);
        const float *at = own + (i64)run * 2 * channels + g.channel(i);
        float count = (float)(min(rows, (run + 1) * length) - run * length);
        squares += at[channels] + count * (at[0] - centre) * (at[0] - centre);
    }
    float spread = block_sum(squares) / size;
    for (int c = g.first + (int)threadIdx.x; c < g.first + g.each; c += blockDim.x) {
        mean[(i64)g.picture * channels + c] = centre;
        variance[(i64)g.picture * channels + c] = spread;
    }
}

// From sums of g and of g · x̂ (pictures, runs, 2, channels): the means of weight · g and of weight · g · x̂ over each group, once
// for each of its channels: (pictures, channels).
KERNEL means(
        const float *partials, const float *weight, float *straight, float *along, i64 rows, int channels, int groups, int runs) {
    Group g(channels, groups, runs);
    const float *own = partials + (i64)g.picture * runs * 2 * channels;
    float first = 0;
    float second = 0;
    for (i64 i = threadIdx.x; i < g.items; i += blockDim.x) {
        int channel = g.channel(i);
        const float *at = own + (i64)g.run(i) * 2 * channels + channel;
        first += weight[channel] * at[0];
        second += weight[channel] * at[channels];
    }
    float size = (float)rows * g.each;
    first = block_sum(first) / size;
    second = block_sum(second) / size;
    for (int c = g.first + (int)threadIdx.x; c < g.first + g.each; c += blockDim.x) {
        straight[(i64)g.picture * channels + c] = first;
        along[(i64)g.picture * channels + c] = second;
    }
}
