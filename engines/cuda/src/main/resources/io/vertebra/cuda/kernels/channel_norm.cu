// What batch norm and group norm share forwards: moments of each channel, and the affine map with what follows it. Blocks are
// Tiles.
#include "activations.cuh"
#include "channel_norm.cuh"
#include "common.cuh"
#include "maps.cuh"

// Mean and sum of squared differences from it of the rows of a run: partials (pictures, runs, 2, channels). A thread follows
// its rows by Welford's method; lines are put together by Chan's.
template <typename V>
__device__ inline void find_moments(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    float mean[N] = {};
    float squares[N] = {};
    float count = 0;
    each_row<V, 4>(t, {x}, [&](i64, const V (&values)[1]) {
        count += 1;
        float share = 1 / count;
        for (int k = 0; k < N; k++) {
            float value = to_float(values[0].v[k]);
            float difference = value - mean[k];
            mean[k] += difference * share;
            squares[k] += difference * (value - mean[k]);
        }
    });
    float total[N];
    for (int k = 0; k < N; k++) {
        total[k] = count * mean[k];
    }
    sum_lines(total, width, t.lines);
    float all = (float)(min(rows, (t.run + 1) * length) - t.run * length);
    for (int k = 0; k < N; k++) {
        total[k] /= all;
        squares[k] += count * (mean[k] - total[k]) * (mean[k] - total[k]);
    }
    sum_lines(squares, width, t.lines);
    if (t.works && t.line == 0) {
        float *to = partials + (i64)blockIdx.x * 2 * channels + t.channel;
        store_floats(to, total);
        store_floats(to + channels, squares);
    }
}

KERNEL moments(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    find_moments<Single<T>>(x, partials, rows, channels, width, runs, length);
}

KERNEL moments_packed(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    find_moments<Pack<T>>(x, partials, rows, channels, width, runs, length);
}

// y = function(weight · (x - mean) / √(variance + ε) + bias + addend); the addend may be null.
template <typename V>
__device__ inline void normalize(
        const T *x, const T *addend, const float *mean, const float *variance, const float *weight, const float *bias, T *y,
        i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int function) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    if (!t.works) {
        return;
    }
    Channels<N> c(mean, variance, weight, bias, (i64)t.picture * stride + t.channel, t.channel, epsilon);
    choose(function, [&](auto f) {
        each_row<V, 2, true>(t, {x, addend}, [&](i64 at, const V (&values)[2]) {
            V to;
            for (int k = 0; k < N; k++) {
                float result = c.result(to_float(values[0].v[k]), k) + to_float(values[1].v[k]);
                to.v[k] = from_float<T>(f.value(result));
            }
            store<V>(y + at, to);
        });
    });
}

#define APPLY \
    const T *x, const T *addend, const float *mean, const float *variance, const float *weight, const float *bias, T *y, \
            i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int function

KERNEL apply(APPLY) {
    normalize<Single<T>>(
            x, addend, mean, variance, weight, bias, y, rows, channels, width, runs, length, stride, epsilon, function);
}

KERNEL apply_packed(APPLY) {
    normalize<Pack<T>>(
            x, addend, mean, variance, weight, bias, y, rows, channels, width, runs, length, stride, epsilon, function);
}

// The same without an addend, where x has cells of `pitch`, of which these channels are the first; of one picture.
template <typename V>
__device__ inline void normalize_part(
        const T *x, const float *mean, const float *variance, const float *weight, const float *bias, T *y, i64 rows,
        int channels, int width, int runs, i64 length, int pitch, float epsilon, int function) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    if (!t.works) {
        return;
    }
    Channels<N> c(mean, variance, weight, bias, t.channel, t.channel, epsilon);
    i64 to = t.first * channels + t.channel;
    t.channels = pitch;
    choose(function, [&](auto f) {
        each_row<V, 2>(t, {x}, [&](i64, const V (&values)[1]) {
            V result;
            for (int k = 0; k < N; k++) {
                result.v[k] = from_float<T>(f.value(c.result(to_float(values[0].v[k]), k)));
            }
            store<V>(y + to, result);
            to += (i64)t.lines * channels;
        });
    });
}

#define PART \
    const T *x, const float *mean, const float *variance, const float *weight, const float *bias, T *y, i64 rows, int channels, \
            int width, int runs, i64 length, int pitch, float epsilon, int function

KERNEL apply_to_part(PART) {
    normalize_part<Single<T>>(
            x, mean, variance, weight, bias, y, rows, channels, width, runs, length, pitch, epsilon, function);
}

KERNEL apply_to_part_packed(PART) {
    normalize_part<Pack<T>>(
            x, mean, variance, weight, bias, y, rows, channels, width, runs, length, pitch, epsilon, function);
}

#undef APPLY
#undef PART
