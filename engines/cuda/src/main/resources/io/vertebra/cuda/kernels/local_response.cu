// Maps (cells, channels) whose values are divided by a power of what their neighbours along the channels hold, from `before`
// lower to `behind` higher ones. A thread computes a channel of a cell, or a pack of them.
#include "common.cuh"

struct Form {
    int channels, before, behind;
    float share, beta, k;
};

// For each of N channels from one on, the sum of what of(m) gives for its neighbours m.
template <int N, typename G>
__device__ inline void sum_neighbours(int channel, int before, int behind, int channels, float (&sums)[N], G of) {
    for (int k = 0; k < N; k++) {
        sums[k] = 0;
    }
    int end = min(channel + N + behind, channels);
    for (int m = max(channel - before, 0); m < end; m++) {
        float value = of(m);
        for (int k = 0; k < N; k++) {
            sums[k] += m >= channel + k - before && m <= channel + k + behind ? value : 0;
        }
    }
}

// k + share · Σ x² of each channel; row is where the cell lies.
template <int N>
__device__ inline void bases(const T *row, int channel, const Form &f, float (&base)[N]) {
    sum_neighbours(channel, f.before, f.behind, f.channels, base, [&](int m) {
        float value = to_float(row[m]);
        return value * value;
    });
    for (int k = 0; k < N; k++) {
        base[k] = f.k + f.share * base[k];
    }
}

__device__ inline float to_power(float base, float beta) {
    if (beta == 0.75f) {
        float root = sqrtf(base);
        return root * sqrtf(root);
    }
    return powf(base, beta);
}

// y = x / base^β.
template <typename V>
__device__ inline void forward(const T *x, T *y, i64 cells, const Form &f) {
    constexpr int N = V::N;
    i64 cell = thread_index();
    int channel = take(cell, f.channels / N) * N;
    if (cell >= cells) {
        return;
    }
    const T *row = x + cell * f.channels;
    float base[N];
    bases(row, channel, f, base);
    V value = load<V>(row + channel);
    for (int k = 0; k < N; k++) {
        base[k] = to_float(value.v[k]) / to_power(base[k], f.beta);
    }
    store_sums<V>(y + cell * f.channels + channel, base);
}

// dy · x / base^(β + 1).
template <typename V>
__device__ inline void each_ratio(const T *x, const T *dy, float *ratios, i64 cells, const Form &f) {
    constexpr int N = V::N;
    i64 cell = thread_index();
    int channel = take(cell, f.channels / N) * N;
    if (cell >= cells) {
        return;
    }
    const T *row = x + cell * f.channels;
    float base[N];
    bases(row, channel, f, base);
    V value = load<V>(row + channel);
    V gradient = load<V>(dy + cell * f.channels + channel);
    for (int k = 0; k < N; k++) {
        base[k] = to_float(gradient.v[k]) * to_float(value.v[k]) / (to_power(base[k], f.beta) * base[k]);
    }
    store_floats(ratios + cell * f.channels + channel, base);
}

// dx = dy / base^β - 2 · share · β · x · Σ ratio over the channels whose neighbour this one is.
template <typename V>
__device__ inline void backward(const T *x, const T *dy, const float *ratios, T *dx, i64 cells, const Form &f) {
    constexpr int N = V::N;
    i64 cell = thread_index();
    int channel = take(cell, f.channels / N) * N;
    if (cell >= cells) {
        return;
    }
    i64 start = cell * f.channels;
    float base[N];
    float sums[N];
    bases(x + start, channel, f, base);
    sum_neighbours(channel, f.behind, f.before, f.channels, sums, [&](int m) { return ratios[start + m]; });
    V value = load<V>(x + start + channel);
    V gradient = load<V>(dy + start + channel);
    for (int k = 0; k < N; k++) {
        float pull = 2 * f.share * f.beta * to_float(value.v[k]) * sums[k];
        base[k] = to_float(gradient.v[k]) / to_power(base[k], f.beta) - pull;
    }
    store_sums<V>(dx + start + channel, base);
}

#define FORM i64 cells, int channels, int before, int behind, float share, float beta, float k
#define GIVEN cells, {channels, before, behind, share, beta, k}

KERNEL local_response(const T *x, T *y, FORM) {
    forward<Single<T>>(x, y, GIVEN);
}

KERNEL local_response_packed(const T *x, T *y, FORM) {
    forward<Pack<T>>(x, y, GIVEN);
}

KERNEL local_response_ratios(const T *x, const T *dy, float *ratios, FORM) {
    each_ratio<Single<T>>(x, dy, ratios, GIVEN);
}

KERNEL local_response_ratios_packed(const T *x, const T *dy, float *ratios, FORM) {
    each_ratio<Pack<T>>(x, dy, ratios, GIVEN);
}

KERNEL local_response_backward(const T *x, const T *dy, const float *ratios, T *dx, FORM) {
    backward<Single<T>>(x, dy, ratios, dx, GIVEN);
}

KERNEL local_response_backward_packed(const T *x, const T *dy, const float *ratios, T *dx, FORM) {
    backward<Pack<T>>(x, dy, ratios, dx, GIVEN);
}

#undef FORM
#undef GIVEN
