// Maps times one number a channel: gates, which each picture has its own of, and layer scales. Factors have the type of the map or
// are parameters, `stride` is the number of channels or 0. Layer scales drop whole pictures on the way, unless the key is null; the
// key lies in memory, as it changes with each pass. Blocks are Tiles.
#include "common.cuh"
#include "maps.cuh"

// What is dropped, and what the rest is multiplied by.
struct Drop {
    const u64 *key;
    float rate, factor;

    __device__ float of(int picture) const {
        return key == nullptr ? 1 : kept(key[0], (u64)picture, rate, factor);
    }
};

// The factors of a thread's channels, each times `all`.
template <int N, typename F>
struct Factors {
    float v[N];

    __device__ Factors(const F *factors, const Tile<N> &t, int stride, float all) {
        const F *at = factors + (i64)t.picture * stride + t.channel;
        for (int k = 0; k < N; k++) {
            v[k] = t.works ? all * to_float(at[k]) : 0;
        }
    }
};

// y = factor · x + addend; the addend may be null.
template <typename V, typename F>
__device__ inline void multiply(
        const T *x, const F *factors, const T *addend, const Drop &drop, T *y, i64 rows, int channels, int width, int runs, i64 length,
        int stride) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    Factors<N, F> f(factors, t, stride, drop.of(t.picture));
    each_row<V, 2, true>(t, {x, addend}, [&](i64 at, const V (&values)[2]) {
        V to;
        for (int k = 0; k < N; k++) {
            to.v[k] = from_float<T>(f.v[k] * to_float(values[0].v[k]) + to_float(values[1].v[k]));
        }
        store<V>(y + at, to);
    });
}

// Sums of dy · x over the rows of a run, partials (pictures, runs, channels), and dx = factor · dy, with the sums of it, unless
// those are null.
template <typename V, typename F>
__device__ inline void differentiate(
        const T *x, const F *factors, const T *dy, const Drop &drop, float *partials, T *dx, float *sums_of_dx, i64 rows, int channels,
        int width, int runs, i64 length, int stride) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    float all = drop.of(t.picture);
    Factors<N, F> f(factors, t, stride, all);
    float sums[N] = {};
    float straight[N] = {};
    each_row<V, 2>(t, {x, dy}, [&](i64 at, const V (&values)[2]) {
        V to;
        for (int k = 0; k < N; k++) {
            float g = to_float(values[1].v[k]);
            sums[k] += g * to_float(values[0].v[k]);
            straight[k] += g;
            to.v[k] = from_float<T>(f.v[k] * g);
        }
        if (dx != nullptr) {
            store<V>(dx + at, to);
        }
    });
    sum_lines(sums, width, t.lines);
    if (t.works && t.line == 0) {
        for (int k = 0; k < N; k++) {
            sums[k] *= all;
        }
        store_floats(partials + (i64)blockIdx.x * channels + t.channel, sums);
    }
    if (sums_of_dx != nullptr) {
        sum_lines(straight, width, t.lines);
        if (t.works && t.line == 0) {
            for (int k = 0; k < N; k++) {
                straight[k] *= f.v[k];
            }
            store_floats(sums_of_dx + (i64)blockIdx.x * channels + t.channel, straight);
        }
    }
}

#define ROWS i64 rows, int channels, int width, int runs, i64 length, int stride

KERNEL gate(const T *x, const T *factors, T *y, ROWS) {
    multiply<Single<T>>(x, factors, nullptr, Drop{}, y, rows, channels, width, runs, length, stride);
}

KERNEL gate_packed(const T *x, const T *factors, T *y, ROWS) {
    multiply<Pack<T>>(x, factors, nullptr, Drop{}, y, rows, channels, width, runs, length, stride);
}

KERNEL gate_backward(const T *x, const T *factors, const T *dy, float *partials, T *dx, ROWS) {
    differentiate<Single<T>>(x, factors, dy, Drop{}, partials, dx, nullptr, rows, channels, width, runs, length, stride);
}

KERNEL __launch_bounds__(256, 4) gate_backward_packed(const T *x, const T *factors, const T *dy, float *partials, T *dx, ROWS) {
    differentiate<Pack<T>>(x, factors, dy, Drop{}, partials, dx, nullptr, rows, channels, width, runs, length, stride);
}

KERNEL layer_scale(const T *x, const float *factors, const T *addend, const u64 *key, T *y, ROWS, float rate, float factor) {
    multiply<Single<T>>(x, factors, addend, Drop{key, rate, factor}, y, rows, channels, width, runs, length, stride);
}

KERNEL layer_scale_packed(
        const T *x, const float *factors, const T *addend, const u64 *key, T *y, ROWS, float rate, float factor) {
    multiply<Pack<T>>(x, factors, addend, Drop{key, rate, factor}, y, rows, channels, width, runs, length, stride);
}

#define BACKWARD \
    const T *x, const float *factors, const T *dy, const u64 *key, float *partials, T *dx, float *sums_of_dx, ROWS, float rate, \
            float factor

KERNEL layer_scale_backward(BACKWARD) {
    differentiate<Single<T>>(x, factors, dy, Drop{key, rate, factor}, partials, dx, sums_of_dx, rows, channels, width, runs, length, stride);
}

KERNEL __launch_bounds__(256, 3) layer_scale_backward_packed(BACKWARD) {
    differentiate<Pack<T>>(x, factors, dy, Drop{key, rate, factor}, partials, dx, sums_of_dx, rows, channels, width, runs, length, stride);
}

#undef ROWS
#undef BACKWARD
