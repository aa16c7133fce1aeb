// Norms over the channels of each row of (rows, channels), as Walk shares them out.
#include "common.cuh"
#include "rows.cuh"

// y = weight · (x - mean) / √(variance + ε) + bias; mean and 1 / √(variance + ε) of each row are kept unless they are null.
template <typename V, int P>
__device__ inline void forward(
        const T *x, const float *weight, const float *bias, T *y, float *mean, float *inverse, i64 rows, int channels, int lanes,
        float epsilon) {
    constexpr int N = V::N;
    Walk<V, P> w(rows, channels, lanes);
    V values[P];
    V next[P];
    w.read(x, w.start + w.group, 0, next);
    for (i64 round = w.start; round < rows; round += w.step) {
        i64 row = round + w.group;
        for (int p = 0; p < P; p++) {
            values[p] = next[p];
        }
        w.read(x, row + w.step, 0, next);
        auto each_value = [&](auto use) {
            for (int from = 0; from < channels; from += w.span) {
                if (w.several()) {
                    w.read(x, row, from, values);
                }
                w.each_pack(from, [&](int p, int c) { use(values[p], c); });
            }
        };
        float sum = 0;
        each_value([&](const V &pack, int) {
            for (int k = 0; k < N; k++) {
                sum += to_float(pack.v[k]);
            }
        });
        float centre = lanes_sum(sum, lanes) / channels;
        float spread = 0;
        each_value([&](const V &pack, int) {
            for (int k = 0; k < N; k++) {
                float difference = to_float(pack.v[k]) - centre;
                spread += difference * difference;
            }
        });
        float factor = 1 / sqrtf(lanes_sum(spread, lanes) / channels + epsilon);
        if (row < rows) {
            if (mean != nullptr && w.lane == 0) {
                mean[row] = centre;
                inverse[row] = factor;
            }
            each_value([&](V pack, int c) {
                float scale[N];
                float shift[N];
                load_floats(weight + c, scale);
                load_floats(bias + c, shift);
                for (int k = 0; k < N; k++) {
                    float normalized = (to_float(pack.v[k]) - centre) * factor;
                    pack.v[k] = from_float<T>(scale[k] * normalized + shift[k]);
                }
                store<V>(y + row * channels + c, pack);
            });
        }
    }
}

#define FORWARD \
    const T *x, const float *weight, const float *bias, T *y, float *mean, float *inverse, i64 rows, int channels, int lanes, \
            float epsilon

KERNEL __launch_bounds__(256, 2) layer_norm(FORWARD) {
    forward<Single<T>, 4>(x, weight, bias, y, mean, inverse, rows, channels, lanes, epsilon);
}

KERNEL __launch_bounds__(256, 2) layer_norm_packed_3(FORWARD) {
    forward<Pack<T>, 3>(x, weight, bias, y, mean, inverse, rows, channels, lanes, epsilon);
}

KERNEL __launch_bounds__(256, 2) layer_norm_packed_2(FORWARD) {
    forward<Pack<T>, 2>(x, weight, bias, y, mean, inverse, rows, channels, lanes, epsilon);
}

// With g = weight · dy and x̂ = (x - mean) · inverse: dx = inverse · (g - mean(g) - x̂ · mean(g · x̂)), and of the rows of a block
// the sums of dy · x̂ and of dy: partials (blocks, 2, channels). Either may be null.
template <typename V, int P>
__device__ inline void backward(
        const T *x, const float *weight, const float *mean, const float *inverse, const T *dy, T *dx, float *partials, i64 rows,
        int channels, int lanes) {
    constexpr int N = V::N;
    Walk<V, P> w(rows, channels, lanes);
    RowSums<V, P, 2> sums;
    V values[P];
    V gradients[P];
    for (i64 round = w.start; round < rows; round += w.step) {
        i64 row = round + w.group;
        float centre = row < rows ? mean[row] : 0;
        float factor = row < rows ? inverse[row] : 0;
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
        float straight = 0;
        float along = 0;
        each_span([&](int from) {
            w.each_pack(from, [&](int p, int c) {
                float scale[N];
                load_floats(weight + c, scale);
                for (int k = 0; k < N; k++) {
                    float gradient = scale[k] * to_float(gradients[p].v[k]);
                    straight += gradient;
                    along += gradient * (to_float(values[p].v[k]) - centre);
                }
            });
        });
        straight = lanes_sum(straight, lanes) / channels;
        along = lanes_sum(along, lanes) * factor * factor / channels;
        each_span([&](int from) {
            w.each_pack(from, [&](int p, int c) {
                float scale[N];
                load_floats(weight + c, scale);
                V to;
                for (int k = 0; k < N; k++) {
                    float gradient = to_float(gradients[p].v[k]);
                    float difference = to_float(values[p].v[k]) - centre;
                    sums.held[0][p][k] += gradient * factor * difference;
                    sums.held[1][p][k] += gradient;
                    to.v[k] = from_float<T>(factor * (scale[k] * gradient - straight - along * difference));
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
    const T *x, const float *weight, const float *mean, const float *inverse, const T *dy, T *dx, float *partials, i64 rows, \
            int channels, int lanes

KERNEL __launch_bounds__(256, 2) layer_norm_backward(BACKWARD) {
    backward<Single<T>, 4>(x, weight, mean, inverse, dy, dx, partials, rows, channels, lanes);
}

KERNEL __launch_bounds__(256, 2) layer_norm_backward_packed_3(BACKWARD) {
    backward<Pack<T>, 3>(x, weight, mean, inverse, dy, dx, partials, rows, channels, lanes);
}

KERNEL __launch_bounds__(256, 2) layer_norm_backward_packed_2(BACKWARD) {
    backward<Pack<T>, 2>(x, weight, mean, inverse, dy, dx, partials, rows, channels, lanes);
}

#undef FORWARD
#undef BACKWARD
