// Rows of (rows, channels) scaled to length 1, then by a factor a channel. A group of `lanes` neighbours within a warp, a power of
// two, has a row and takes its channels in turn.
#include "common.cuh"

// The row of a group.
struct Row {
    i64 row;
    int lane;

    __device__ Row(int lanes) {
        row = (i64)blockIdx.x * (blockDim.x / lanes) + threadIdx.x / lanes;
        lane = (int)threadIdx.x % lanes;
    }
};

// y = scale · x / max(|x|, ε); the factor 1 / max(|x|, ε) of each row is kept unless `inverse` is null.
template <typename V>
__device__ inline void forward(
        const T *x, const float *scale, T *y, float *inverse, i64 rows, int channels, int lanes, float epsilon) {
    constexpr int N = V::N;
    Row g(lanes);
    int end = g.row < rows ? channels : 0;
    float squares = 0;
    for (int c = g.lane * N; c < end; c += lanes * N) {
        V values = load<V>(x + g.row * channels + c);
        for (int k = 0; k < N; k++) {
            squares += to_float(values.v[k]) * to_float(values.v[k]);
        }
    }
    float factor = 1 / fmaxf(sqrtf(group_sum(squares, lanes)), epsilon);
    if (inverse != nullptr && g.lane == 0 && g.row < rows) {
        inverse[g.row] = factor;
    }
    for (int c = g.lane * N; c < end; c += lanes * N) {
        float s[N];
        load_floats(scale + c, s);
        V values = load<V>(x + g.row * channels + c);
        for (int k = 0; k < N; k++) {
            values.v[k] = from_float<T>(s[k] * factor * to_float(values.v[k]));
        }
        store<V>(y + g.row * channels + c, values);
    }
}

#define FORWARD const T *x, const float *scale, T *y, float *inverse, i64 rows, int channels, int lanes, float epsilon

KERNEL l2_norm(FORWARD) {
    forward<Single<T>>(x, scale, y, inverse, rows, channels, lanes, epsilon);
}

KERNEL l2_norm_packed(FORWARD) {
    forward<Pack<T>>(x, scale, y, inverse, rows, channels, lanes, epsilon);
}

// With g = scale · dy: dx = g / |x| - x · Σ(g · x) / |x|³ where the length is above ε, g / ε else. In double, as the two terms
// nearly cancel where g points along x.
template <typename V>
__device__ inline void backward(
        const T *x, const float *scale, const T *dy, T *dx, i64 rows, int channels, int lanes, float epsilon) {
    constexpr int N = V::N;
    Row g(lanes);
    int end = g.row < rows ? channels : 0;
    auto each_pack = [&](auto use) {
        for (int c = g.lane * N; c < end; c += lanes * N) {
            float s[N];
            load_floats(scale + c, s);
            i64 at = g.row * channels + c;
            use(at, s, load<V>(x + at), load<V>(dy + at));
        }
    };
    double squares = 0;
    double products = 0;
    each_pack([&](i64, const float (&s)[N], const V &values, const V &gradients) {
        for (int k = 0; k < N; k++) {
            double value = to_float(values.v[k]);
            squares += value * value;
            products += (double)s[k] * to_float(gradients.v[k]) * value;
        }
    });
    double size = sqrt(group_sum(squares, lanes));
    double factor = 1 / fmax(size, (double)epsilon);
    products = group_sum(products, lanes);
    double pull = size > epsilon ? products * factor * factor : 0;
    each_pack([&](i64 at, const float (&s)[N], const V &values, const V &gradients) {
        V to;
        for (int k = 0; k < N; k++) {
            double straight = (double)s[k] * to_float(gradients.v[k]);
            to.v[k] = from_float<T>((float)(factor * (straight - pull * to_float(values.v[k]))));
        }
        store<V>(dx + at, to);
    });
}

#define BACKWARD const T *x, const float *scale, const T *dy, T *dx, i64 rows, int channels, int lanes, float epsilon

KERNEL l2_norm_backward(BACKWARD) {
    backward<Single<T>>(x, scale, dy, dx, rows, channels, lanes, epsilon);
}

KERNEL l2_norm_backward_packed(BACKWARD) {
    backward<Pack<T>>(x, scale, dy, dx, rows, channels, lanes, epsilon);
}

#undef FORWARD
#undef BACKWARD
