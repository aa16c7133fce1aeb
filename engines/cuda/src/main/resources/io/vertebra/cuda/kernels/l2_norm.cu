// Rows of (rows, channels) scaled to length 1, then by a factor a channel, as Walk shares them out.
#include "common.cuh"
#include "rows.cuh"

// y = scale · x / max(|x|, ε).
template <typename V>
__device__ inline void forward(const T *x, const float *scale, T *y, i64 rows, int channels, int lanes, float epsilon) {
    constexpr int N = V::N;
    constexpr int P = N == 1 ? 4 : 2;
    Walk<V, P> w(rows, channels, lanes);
    for (i64 round = w.start; round < rows; round += w.step) {
        i64 row = round + w.group;
        V values[P];
        w.read(x, row, 0, values);
        auto each_value = [&](auto use) {
            for (int from = 0; from < channels; from += w.span) {
                if (w.several()) {
                    w.read(x, row, from, values);
                }
                w.each_pack(from, [&](int p, int c) { use(values[p], c); });
            }
        };
        float squares = 0;
        each_value([&](const V &pack, int) {
            for (int k = 0; k < N; k++) {
                squares += to_float(pack.v[k]) * to_float(pack.v[k]);
            }
        });
        float factor = 1 / fmaxf(sqrtf(lanes_sum(squares, lanes)), epsilon);
        each_value([&](V pack, int c) {
            float s[N];
            load_floats(scale + c, s);
            for (int k = 0; k < N; k++) {
                pack.v[k] = from_float<T>(s[k] * factor * to_float(pack.v[k]));
            }
            if (row < rows) {
                store<V>(y + row * channels + c, pack);
            }
        });
    }
}

KERNEL l2_norm(const T *x, const float *scale, T *y, i64 rows, int channels, int lanes, float epsilon) {
    forward<Single<T>>(x, scale, y, rows, channels, lanes, epsilon);
}

KERNEL l2_norm_packed_2(const T *x, const float *scale, T *y, i64 rows, int channels, int lanes, float epsilon) {
    forward<Pack<T>>(x, scale, y, rows, channels, lanes, epsilon);
}

// With g = scale · dy: dx = g / |x| - x · Σ(g · x) / |x|³ where the length is above ε, g / ε else; and of the rows of a block the
// sums of dy · x / max(|x|, ε): partials (blocks, channels). Either may be null. In double, as the two terms of dx nearly cancel
// where g points along x.
template <typename V>
__device__ inline void backward(
        const T *x, const float *scale, const T *dy, T *dx, float *partials, i64 rows, int channels, int lanes, float epsilon) {
    constexpr int N = V::N;
    constexpr int P = N == 1 ? 4 : 2;
    Walk<V, P> w(rows, channels, lanes);
    RowSums<V, P, 1> sums;
    V values[P];
    V gradients[P];
    for (i64 round = w.start; round < rows; round += w.step) {
        i64 row = round + w.group;
        w.read(x, row, 0, values);
        w.read(dy, row, 0, gradients);
        auto each_span = [&](auto use) {
            for (int from = 0; from < channels; from += w.span) {
                if (w.several()) {
                    w.read(x, row, from, values);
                    w.read(dy, row, from, gradients);
                }
                use(from);
            }
        };
        double squares = 0;
        double products = 0;
        each_span([&](int from) {
            w.each_pack(from, [&](int p, int c) {
                float s[N];
                load_floats(scale + c, s);
                for (int k = 0; k < N; k++) {
                    double value = to_float(values[p].v[k]);
                    squares += value * value;
                    products += (double)s[k] * to_float(gradients[p].v[k]) * value;
                }
            });
        });
        double size = sqrt(lanes_sum(squares, lanes));
        double factor = 1 / fmax(size, (double)epsilon);
        products = lanes_sum(products, lanes);
        double pull = size > epsilon ? products * factor * factor : 0;
        each_span([&](int from) {
            w.each_pack(from, [&](int p, int c) {
                float s[N];
                load_floats(scale + c, s);
                V to;
                for (int k = 0; k < N; k++) {
                    double value = to_float(values[p].v[k]);
                    double gradient = to_float(gradients[p].v[k]);
                    sums.held[0][p][k] += (float)(gradient * value * factor);
                    to.v[k] = from_float<T>((float)(factor * (s[k] * gradient - pull * value)));
                }
                if (dx != nullptr && row < rows) {
                    store<V>(dx + row * channels + c, to);
                }
            });
            if (w.several() && partials != nullptr) {
                sums.flush(w, from, round == w.start, partials);
            }
        });
    }
    if (!w.several() && partials != nullptr) {
        sums.finish(w, partials);
    }
}

#define BACKWARD \
    const T *x, const float *scale, const T *dy, T *dx, float *partials, i64 rows, int channels, int lanes, float epsilon

KERNEL l2_norm_backward(BACKWARD) {
    backward<Single<T>>(x, scale, dy, dx, partials, rows, channels, lanes, epsilon);
}

KERNEL l2_norm_backward_packed_2(BACKWARD) {
    backward<Pack<T>>(x, scale, dy, dx, partials, rows, channels, lanes, epsilon);
}

#undef BACKWARD
