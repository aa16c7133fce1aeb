// Norms over the channels of each row of (rows, channels). A group of `lanes` neighbours within a warp, a power of two, has two
// rows and takes their channels in turn.
#include "common.cuh"
#include "maps.cuh"

// The rows of a group.
struct Rows {
    static constexpr int R = 2;
    i64 first;
    int lane;

    __device__ Rows(int lanes) {
        first = ((i64)blockIdx.x * (blockDim.x / lanes) + threadIdx.x / lanes) * R;
        lane = (int)threadIdx.x % lanes;
    }
};

// Mean and squared differences from it of what a lane has seen, which it takes pack by pack: Chan's method.
struct Moments {
    float count = 0, mean = 0, squares = 0;

    template <typename V>
    __device__ void add(const V &values) {
        constexpr int N = V::N;
        float centre = 0;
        for (int k = 0; k < N; k++) {
            centre += to_float(values.v[k]);
        }
        centre /= N;
        float spread = 0;
        for (int k = 0; k < N; k++) {
            float difference = to_float(values.v[k]) - centre;
            spread += difference * difference;
        }
        float difference = centre - mean;
        float share = N / (count + N);
        mean += difference * share;
        squares += spread + difference * difference * count * share;
        count += N;
    }
};

// y = weight · (x - mean) / √(variance + ε) + bias; mean and 1 / √(variance + ε) of each row are kept unless they are null.
template <typename V>
__device__ inline void forward(
        const T *x, const float *weight, const float *bias, T *y, float *mean, float *inverse, i64 rows, int channels, int lanes,
        float epsilon) {
    constexpr int N = V::N;
    constexpr int R = Rows::R;
    Rows g(lanes);
    Moments m[R];
    for (int c = g.lane * N; c < channels; c += lanes * N) {
        for (int r = 0; r < R; r++) {
            if (g.first + r < rows) {
                m[r].add(load<V>(x + (g.first + r) * channels + c));
            }
        }
    }
    float centre[R];
    float factor[R];
    for (int r = 0; r < R; r++) {
        centre[r] = group_sum(m[r].count * m[r].mean, lanes) / channels;
        float difference = m[r].mean - centre[r];
        float spread = group_sum(m[r].squares + m[r].count * difference * difference, lanes);
        factor[r] = 1 / sqrtf(spread / channels + epsilon);
        if (mean != nullptr && g.lane == 0 && g.first + r < rows) {
            mean[g.first + r] = centre[r];
            inverse[g.first + r] = factor[r];
        }
    }
    for (int c = g.lane * N; c < channels; c += lanes * N) {
        float scale[N];
        float shift[N];
        load_floats(weight + c, scale);
        load_floats(bias + c, shift);
        for (int r = 0; r < R; r++) {
            if (g.first + r < rows) {
                V values = load<V>(x + (g.first + r) * channels + c);
                for (int k = 0; k < N; k++) {
                    float normalized = (to_float(values.v[k]) - centre[r]) * factor[r];
                    values.v[k] = from_float<T>(scale[k] * normalized + shift[k]);
                }
                store<V>(y + (g.first + r) * channels + c, values);
            }
        }
    }
}

#define FORWARD \
    const T *x, const float *weight, const float *bias, T *y, float *mean, float *inverse, i64 rows, int channels, int lanes, \
            float epsilon

KERNEL layer_norm(FORWARD) {
    forward<Single<T>>(x, weight, bias, y, mean, inverse, rows, channels, lanes, epsilon);
}

KERNEL layer_norm_packed(FORWARD) {
    forward<Pack<T>>(x, weight, bias, y, mean, inverse, rows, channels, lanes, epsilon);
}

// With g = weight · dy and x̂ = (x - mean) · inverse: dx = inverse · (g - mean(g) - x̂ · mean(g · x̂)).
template <typename V>
__device__ inline void backward(
        const T *x, const float *weight, const float *mean, const float *inverse, const T *dy, T *dx, i64 rows, int channels,
        int lanes) {
    constexpr int N = V::N;
    constexpr int R = Rows::R;
    Rows g(lanes);
    float centre[R] = {};
    float factor[R] = {};
    float straight[R] = {};
    float along[R] = {};
    for (int r = 0; r < R; r++) {
        if (g.first + r < rows) {
            centre[r] = mean[g.first + r];
            factor[r] = inverse[g.first + r];
        }
    }
    auto each_pack = [&](auto use) {
        for (int c = g.lane * N; c < channels; c += lanes * N) {
            float scale[N];
            load_floats(weight + c, scale);
            for (int r = 0; r < R; r++) {
                if (g.first + r < rows) {
                    i64 at = (g.first + r) * channels + c;
                    use(r, at, scale, load<V>(x + at), load<V>(dy + at));
                }
            }
        }
    };
    each_pack([&](int r, i64, const float (&scale)[N], const V &values, const V &gradients) {
        for (int k = 0; k < N; k++) {
            float gradient = scale[k] * to_float(gradients.v[k]);
            straight[r] += gradient;
            along[r] += gradient * (to_float(values.v[k]) - centre[r]);
        }
    });
    for (int r = 0; r < R; r++) {
        straight[r] = group_sum(straight[r], lanes) / channels;
        along[r] = group_sum(along[r], lanes) * factor[r] * factor[r] / channels;
    }
    each_pack([&](int r, i64 at, const float (&scale)[N], const V &values, const V &gradients) {
        V to;
        for (int k = 0; k < N; k++) {
            float gradient = scale[k] * to_float(gradients.v[k]);
            float through = straight[r] + along[r] * (to_float(values.v[k]) - centre[r]);
            to.v[k] = from_float<T>(factor[r] * (gradient - through));
        }
        store<V>(dx + at, to);
    });
}

#define BACKWARD \
    const T *x, const float *weight, const float *mean, const float *inverse, const T *dy, T *dx, i64 rows, int channels, int lanes

KERNEL layer_norm_backward(BACKWARD) {
    backward<Single<T>>(x, weight, mean, inverse, dy, dx, rows, channels, lanes);
}

KERNEL layer_norm_backward_packed(BACKWARD) {
    backward<Pack<T>>(x, weight, mean, inverse, dy, dx, rows, channels, lanes);
}

// Sums over the rows of a run for the parameters of norms of rows: of dy · (x - mean) · inverse and of dy, partials (runs, 2,
// channels); where mean is null it is 0, and of the first alone: (runs, channels). Blocks are Tiles.
template <typename V>
__device__ inline void add_up(
        const T *x, const float *mean, const float *inverse, const T *dy, float *partials, i64 rows, int channels, int width,
        int runs, i64 length) {
    constexpr int N = V::N;
    constexpr int U = 2;
    Tile<N> t(rows, channels, width, runs, length);
    float along[N] = {};
    float straight[N] = {};
    for (i64 row = t.first; row < t.end; row += U * t.lines) {
        V values[U];
        V gradients[U];
        float centre[U];
        float factor[U];
        for (int u = 0; u < U; u++) {
            i64 at = row + u * t.lines;
            if (at < t.end) {
                values[u] = load<V>(x + at * channels + t.channel);
                gradients[u] = load<V>(dy + at * channels + t.channel);
                centre[u] = mean == nullptr ? 0 : mean[at];
                factor[u] = inverse[at];
            }
        }
        for (int u = 0; u < U; u++) {
            if (row + u * t.lines < t.end) {
                for (int k = 0; k < N; k++) {
                    float gradient = to_float(gradients[u].v[k]);
                    straight[k] += gradient;
                    along[k] += gradient * (to_float(values[u].v[k]) - centre[u]) * factor[u];
                }
            }
        }
    }
    sum_lines(along, width, t.lines);
    sum_lines(straight, width, t.lines);
    if (t.works && t.line == 0) {
        int sets = mean == nullptr ? 1 : 2;
        float *to = partials + (i64)blockIdx.x * sets * channels + t.channel;
        store_floats(to, along);
        if (sets == 2) {
            store_floats(to + channels, straight);
        }
    }
}

#define PARAMETERS \
    const T *x, const float *mean, const float *inverse, const T *dy, float *partials, i64 rows, int channels, int width, \
            int runs, i64 length

KERNEL parameters(PARAMETERS) {
    add_up<Single<T>>(x, mean, inverse, dy, partials, rows, channels, width, runs, length);
}

KERNEL parameters_packed(PARAMETERS) {
    add_up<Pack<T>>(x, mean, inverse, dy, partials, rows, channels, width, runs, length);
}

#undef FORWARD
#undef BACKWARD
#undef PARAMETERS
