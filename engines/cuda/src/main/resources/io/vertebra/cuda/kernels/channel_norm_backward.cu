// Gradients of batch norm and group norm, with the function behind them. The gradient that comes in may be there in parts:
// gate · first + second + share · spread, of which gate and spread have a number for each channel of each picture, and all but
// one may be null. So sums, gates and global means need no pass of their own over it. Blocks are Tiles; threads have four channels, so
// that what they hold of each leaves registers for three blocks on a processor and for rows that are read ahead.
#include "activations.cuh"
#include "channel_norm.cuh"
#include "common.cuh"
#include "maps.cuh"

// A norm and what its gradient is made of. kept: where g is kept, unless it is null.
struct Norm {
    const float *mean, *variance, *weight, *bias;
    T *kept;
    int stride;
    float epsilon;
    int function;

    template <int N>
    __device__ Channels<N> channels(const Tile<N> &t) const {
        int channel = t.works ? t.channel : 0;
        return Channels<N>(mean, variance, weight, bias, (i64)t.picture * stride + channel, channel, epsilon);
    }
};

// So many, but no more than pay.
constexpr int rows_ahead(int rows) {
    return rows < 4 ? rows : 4;
}

// A gradient that comes in whole; the function is differentiated by its argument, which the norm of x is.
template <typename V>
struct Whole {
    static constexpr int AHEAD = rows_ahead(32 / sizeof(V));
    static constexpr bool SOME = false;
    const T *const maps[2]; // x, the gradient

    __device__ float of(const V (&values)[2], int k) const {
        return to_float(values[1].v[k]);
    }

    template <typename F>
    __device__ float slope(float argument, const V (&)[2], int) const {
        return slope_at<F>(argument);
    }
};

// One that comes in parts. With a fourth map, the function's result, the function is differentiated by that: something was added to
// the norm.
template <typename V, int M>
struct Parts {
    static constexpr int AHEAD = rows_ahead(16 / sizeof(V));
    static constexpr bool SOME = true;
    const T *const maps[M]; // x, first, second, result
    float factor[V::N], constant[V::N];

    template <typename... Maps>
    __device__ Parts(const Tile<V::N> &t, const T *gate, const T *spread, float share, Maps... maps) : maps{maps...} {
        i64 at = (i64)t.picture * t.channels + (t.works ? t.channel : 0);
        for (int k = 0; k < V::N; k++) {
            factor[k] = gate == nullptr ? 1 : to_float(gate[at + k]);
            constant[k] = spread == nullptr ? 0 : share * to_float(spread[at + k]);
        }
    }

    __device__ float of(const V (&values)[M], int k) const {
        return fmaf(factor[k], to_float(values[1].v[k]), to_float(values[2].v[k]) + constant[k]);
    }

    template <typename F>
    __device__ float slope(float argument, const V (&values)[M], int k) const {
        return M == 3 ? slope_at<F>(argument) : F::slope(to_float(values[M - 1].v[k]));
    }
};

// Calls use for each row of a thread: with where it lies, x, and g, the gradient before the function.
template <typename V, typename P, typename U>
__device__ inline void each_gradient(const Norm &n, const Tile<V::N> &t, const Channels<V::N> &c, const P &parts, U use) {
    constexpr int N = V::N;
    choose(n.function, [&](auto f) {
        typedef decltype(f) F;
        each_row<V, P::AHEAD, P::SOME>(t, parts.maps, [&](i64 at, const auto &values) {
            float value[N];
            float g[N];
            V keep;
            for (int k = 0; k < N; k++) {
                value[k] = to_float(values[0].v[k]);
                g[k] = parts.of(values, k) * parts.template slope<F>(c.result(value[k], k), values, k);
                keep.v[k] = from_float<T>(g[k]);
            }
            if (n.kept != nullptr) {
                store<V>(n.kept + at, keep);
            }
            use(at, value, g);
        });
    });
}

// With x̂ the normalised x: sums of g and of g · x̂ over the rows of a run, partials (pictures, runs, 2, channels).
template <typename V, typename P>
__device__ inline void add_up(const Norm &n, const Tile<V::N> &t, const P &parts, float *partials, int width) {
    constexpr int N = V::N;
    Channels<N> c = n.channels(t);
    float straight[N] = {};
    float along[N] = {};
    each_gradient<V>(n, t, c, parts, [&](i64, const float (&value)[N], const float (&g)[N]) {
        for (int k = 0; k < N; k++) {
            straight[k] += g[k];
            along[k] += g[k] * (value[k] - c.mean[k]);
        }
    });
    sum_lines(straight, width, t.lines);
    sum_lines(along, width, t.lines);
    if (t.works && t.line == 0) {
        for (int k = 0; k < N; k++) {
            along[k] *= c.inverse[k];
        }
        float *to = partials + (i64)blockIdx.x * 2 * t.channels + t.channel;
        store_floats(to, straight);
        store_floats(to + t.channels, along);
    }
}

// dx = (weight · g - straight - x̂ · along) / √(variance + ε): the statistics depend on x too, which the means `straight` and
// `along` account for; both null where they do not.
template <typename V, typename P>
__device__ inline void differentiate(
        const Norm &n, const Tile<V::N> &t, const P &parts, const float *straight, const float *along, T *dx) {
    constexpr int N = V::N;
    if (!t.works) {
        return;
    }
    Channels<N> c = n.channels(t);
    float constant[N] = {};
    float factor[N] = {};
    if (straight != nullptr) {
        i64 place = (i64)t.picture * n.stride + t.channel;
        load_floats(straight + place, constant);
        load_floats(along + place, factor);
        for (int k = 0; k < N; k++) {
            constant[k] *= c.inverse[k];
            factor[k] *= c.inverse[k] * c.inverse[k];
        }
    }
    each_gradient<V>(n, t, c, parts, [&](i64 at, const float (&value)[N], const float (&g)[N]) {
        V to;
        for (int k = 0; k < N; k++) {
            float through = constant[k] + factor[k] * (value[k] - c.mean[k]);
            to.v[k] = from_float<T>(c.scale[k] * g[k] - through);
        }
        store<V>(dx + at, to);
    });
}

#define WHOLE const T *x, const T *dy
#define PARTS const T *x, const T *first, const T *second, const T *y, const T *gate, const T *spread
#define GIVEN x, first, second, y, gate, spread
#define NORM const float *mean, const float *variance, const float *weight, const float *bias, T *kept
#define FORM i64 rows, int channels, int width, int runs, i64 length, int stride, float epsilon, int function
#define TILE(V) \
    Tile<V::N> t(rows, channels, width, runs, length); \
    Norm n = {mean, variance, weight, bias, kept, stride, epsilon, function}

// Calls use with the parts of a gradient, and with the function's result where that is given.
template <typename V, typename U>
__device__ inline void with_parts(const Tile<V::N> &t, PARTS, float share, U use) {
    if (y == nullptr) {
        use(Parts<V, 3>(t, gate, spread, share, x, first, second));
    } else {
        use(Parts<V, 4>(t, gate, spread, share, x, first, second, y));
    }
}

KERNEL sums(WHOLE, NORM, float *partials, FORM) {
    TILE(Single<T>);
    add_up<Single<T>>(n, t, Whole<Single<T>>{x, dy}, partials, width);
}

KERNEL __launch_bounds__(256, 3) sums_packed(WHOLE, NORM, float *partials, FORM) {
    TILE(Four<T>);
    add_up<Four<T>>(n, t, Whole<Four<T>>{x, dy}, partials, width);
}

KERNEL sums_of_parts(PARTS, NORM, float *partials, FORM, float share) {
    TILE(Single<T>);
    with_parts<Single<T>>(t, GIVEN, share, [&](const auto &parts) { add_up<Single<T>>(n, t, parts, partials, width); });
}

KERNEL __launch_bounds__(256, 3) sums_of_parts_packed(PARTS, NORM, float *partials, FORM, float share) {
    TILE(Four<T>);
    with_parts<Four<T>>(t, GIVEN, share, [&](const auto &parts) { add_up<Four<T>>(n, t, parts, partials, width); });
}

#define MEANS const float *straight, const float *along, T *dx

KERNEL backward(WHOLE, NORM, MEANS, FORM) {
    TILE(Single<T>);
    differentiate<Single<T>>(n, t, Whole<Single<T>>{x, dy}, straight, along, dx);
}

KERNEL __launch_bounds__(256, 3) backward_packed(WHOLE, NORM, MEANS, FORM) {
    TILE(Four<T>);
    differentiate<Four<T>>(n, t, Whole<Four<T>>{x, dy}, straight, along, dx);
}

KERNEL backward_of_parts(PARTS, NORM, MEANS, FORM, float share) {
    TILE(Single<T>);
    with_parts<Single<T>>(t, GIVEN, share, [&](const auto &parts) { differentiate<Single<T>>(n, t, parts, straight, along, dx); });
}

KERNEL __launch_bounds__(256, 3) backward_of_parts_packed(PARTS, NORM, MEANS, FORM, float share) {
    TILE(Four<T>);
    with_parts<Four<T>>(t, GIVEN, share, [&](const auto &parts) { differentiate<Four<T>>(n, t, parts, straight, along, dx); });
}

#undef WHOLE
#undef PARTS
#undef GIVEN
#undef NORM
#undef FORM
#undef TILE
#undef MEANS
