// What batch norm and group norm share: moments of each channel, the affine map, its gradients. Statistics are vectors of one
// number a channel, of each picture where `stride` is the number of channels, of all where it is 0. Blocks are Tiles.
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

    // The gradient before a ReLU; what is not a number passes.
    __device__ float before(float x, float gradient, int k, int relu) const {
        return relu && result(x, k) <= 0 ? 0 : gradient;
    }
};

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

// y = weight · (x - mean) / √(variance + ε) + bias + addend, perhaps with negative values cut; the addend may be null.
template <typename V>
__device__ inline void normalize(
        const T *x, const float *mean, const float *variance, const float *weight, const float *bias, const T *addend, T *y,
        i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int relu) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    if (!t.works) {
        return;
    }
    Channels<N> c(mean, variance, weight, bias, (i64)t.picture * stride + t.channel, t.channel, epsilon);
    auto finish = [&](i64 at, V values, const V &others) {
        for (int k = 0; k < N; k++) {
            float result = c.result(to_float(values.v[k]), k) + to_float(others.v[k]);
            values.v[k] = from_float<T>(relu && result < 0 ? 0 : result);
        }
        store<V>(y + at, values);
    };
    if (addend != nullptr) {
        each_row<V, 2>(t, {x, addend}, [&](i64 at, const V (&values)[2]) { finish(at, values[0], values[1]); });
    } else {
        each_row<V, 2>(t, {x}, [&](i64 at, const V (&values)[1]) { finish(at, values[0], V{}); });
    }
}

#define APPLY \
    const T *x, const float *mean, const float *variance, const float *weight, const float *bias, const T *addend, T *y, \
            i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int relu

KERNEL apply(APPLY) {
    normalize<Single<T>>(
            x, mean, variance, weight, bias, addend, y, rows, channels, width, runs, length, stride, epsilon, relu);
}

KERNEL apply_packed(APPLY) {
    normalize<Pack<T>>(
            x, mean, variance, weight, bias, addend, y, rows, channels, width, runs, length, stride, epsilon, relu);
}

// With g the gradient before the ReLU and x̂ the normalised x: sums of g and of g · x̂ over the rows of a run, partials
// (pictures, runs, 2, channels).
template <typename V>
__device__ inline void add_up(
        const T *x, const T *dy, const float *mean, const float *variance, const float *weight, const float *bias,
        float *partials, i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int relu) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    int channel = t.works ? t.channel : 0;
    Channels<N> c(mean, variance, weight, bias, (i64)t.picture * stride + channel, channel, epsilon);
    float straight[N] = {};
    float along[N] = {};
    each_row<V, 2>(t, {x, dy}, [&](i64, const V (&values)[2]) {
        for (int k = 0; k < N; k++) {
            float value = to_float(values[0].v[k]);
            float g = c.before(value, to_float(values[1].v[k]), k, relu);
            straight[k] += g;
            along[k] += g * (value - c.mean[k]);
        }
    });
    sum_lines(straight, width, t.lines);
    sum_lines(along, width, t.lines);
    if (t.works && t.line == 0) {
        for (int k = 0; k < N; k++) {
            along[k] *= c.inverse[k];
        }
        float *to = partials + (i64)blockIdx.x * 2 * channels + channel;
        store_floats(to, straight);
        store_floats(to + channels, along);
    }
}

#define SUMS \
    const T *x, const T *dy, const float *mean, const float *variance, const float *weight, const float *bias, float *partials, \
            i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int relu

KERNEL sums(SUMS) {
    add_up<Single<T>>(
            x, dy, mean, variance, weight, bias, partials, rows, channels, width, runs, length, stride, epsilon, relu);
}

KERNEL sums_packed(SUMS) {
    add_up<Pack<T>>(
            x, dy, mean, variance, weight, bias, partials, rows, channels, width, runs, length, stride, epsilon, relu);
}

// dx = (weight · g - straight - x̂ · along) / √(variance + ε): the statistics depend on x too, which the means `straight` and
// `along` account for; both null where they do not.
template <typename V>
__device__ inline void differentiate(
        const T *x, const T *dy, const float *mean, const float *variance, const float *weight, const float *bias,
        const float *straight, const float *along, T *dx, i64 rows, int channels, int width, int runs, i64 length, int stride,
        float epsilon, int relu) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    if (!t.works) {
        return;
    }
    i64 place = (i64)t.picture * stride + t.channel;
    Channels<N> c(mean, variance, weight, bias, place, t.channel, epsilon);
    float constant[N] = {};
    float factor[N] = {};
    if (straight != nullptr) {
        load_floats(straight + place, constant);
        load_floats(along + place, factor);
        for (int k = 0; k < N; k++) {
            constant[k] *= c.inverse[k];
            factor[k] *= c.inverse[k] * c.inverse[k];
        }
    }
    each_row<V, 2>(t, {x, dy}, [&](i64 at, const V (&values)[2]) {
        V to;
        for (int k = 0; k < N; k++) {
            float value = to_float(values[0].v[k]);
            float g = c.before(value, to_float(values[1].v[k]), k, relu);
            float through = constant[k] + factor[k] * (value - c.mean[k]);
            to.v[k] = from_float<T>(c.scale[k] * g - through);
        }
        store<V>(dx + at, to);
    });
}

#define BACKWARD \
    const T *x, const T *dy, const float *mean, const float *variance, const float *weight, const float *bias, \
            const float *straight, const float *along, T *dx, i64 rows, int channels, int width, int runs, i64 length, \
            int stride, float epsilon, int relu

KERNEL backward(BACKWARD) {
    differentiate<Single<T>>(
            x, dy, mean, variance, weight, bias, straight, along, dx, rows, channels, width, runs, length, stride, epsilon,
            relu);
}

KERNEL backward_packed(BACKWARD) {
    differentiate<Pack<T>>(
            x, dy, mean, variance, weight, bias, straight, along, dx, rows, channels, width, runs, length, stride, epsilon,
            relu);
}

#undef APPLY
#undef SUMS
#undef BACKWARD
