// Functions of single elements: activations, sums, products, fills. A thread computes a pack of neighbours; the last one of a
// tensor may have fewer. Every tensor begins at a multiple of 16 bytes. Results may lie over sources.
#include "common.cuh"

// y = f(x).
template <typename F>
__device__ inline void map(const T *x, T *y, i64 n, F f) {
    constexpr int N = Pack<T>::N;
    i64 first = thread_index() * N;
    if (first + N <= n) {
        Pack<T> pack = load_pack(x + first);
        for (int k = 0; k < N; k++) {
            pack.v[k] = from_float<T>(f(to_float(pack.v[k])));
        }
        store_pack(y + first, pack);
        return;
    }
    for (i64 i = first; i < n; i++) {
        y[i] = from_float<T>(f(to_float(x[i])));
    }
}

// y = f(a, b).
template <typename F>
__device__ inline void map(const T *a, const T *b, T *y, i64 n, F f) {
    constexpr int N = Pack<T>::N;
    i64 first = thread_index() * N;
    if (first + N <= n) {
        Pack<T> left = load_pack(a + first);
        Pack<T> right = load_pack(b + first);
        for (int k = 0; k < N; k++) {
            left.v[k] = from_float<T>(f(to_float(left.v[k]), to_float(right.v[k])));
        }
        store_pack(y + first, left);
        return;
    }
    for (i64 i = first; i < n; i++) {
        y[i] = from_float<T>(f(to_float(a[i]), to_float(b[i])));
    }
}

// Cuts that keep what is not a number.
__device__ inline float cut(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

__device__ inline float sigmoid(float x) {
    return 1 / (1 + expf(-x));
}

// The share of a standard normal distribution below x.
__device__ inline float normal_share(float x) {
    return 0.5f * (1 + erff(x * 0.70710678f));
}

// The activations, each with its value and its slope: by the result where that tells it, by the argument in the others, which
// are HardSwish, HardSigmoid, Silu and Gelu. At a kink the slope is that of the flat side.
struct None {
    __device__ static float value(float x) { return x; }
    __device__ static float slope(float) { return 1; }
};

struct Relu {
    __device__ static float value(float x) { return x < 0 ? 0 : x; }
    __device__ static float slope(float y) { return y > 0 ? 1 : 0; }
};

struct Relu6 {
    __device__ static float value(float x) { return cut(x, 0, 6); }
    __device__ static float slope(float y) { return y > 0 && y < 6 ? 1 : 0; }
};

struct Silu {
    __device__ static float value(float x) { return x / (1 + expf(-x)); }
    __device__ static float slope(float x) { return sigmoid(x) * (1 + x * (1 - sigmoid(x))); }
};

struct Sigmoid {
    __device__ static float value(float x) { return sigmoid(x); }
    __device__ static float slope(float y) { return y * (1 - y); }
};

struct Tanh {
    __device__ static float value(float x) { return tanhf(x); }
    __device__ static float slope(float y) { return 1 - y * y; }
};

struct HardSigmoid {
    __device__ static float value(float x) { return cut(x + 3, 0, 6) / 6; }
    __device__ static float slope(float x) { return x > -3 && x < 3 ? 1.0f / 6 : 0; }
};

struct HardSwish {
    __device__ static float value(float x) { return x * HardSigmoid::value(x); }
    __device__ static float slope(float x) { return HardSigmoid::value(x) + x * HardSigmoid::slope(x); }
};

struct Gelu {
    __device__ static float value(float x) { return x * normal_share(x); }
    __device__ static float slope(float x) { return normal_share(x) + x * expf(-0.5f * x * x) * 0.39894228f; }
};

// Calls g with the activation of this number: the place of Activation.Function, -1 for none.
template <typename G>
__device__ inline void choose(int function, G g) {
    switch (function) {
        case 0: g(Relu()); break;
        case 1: g(Relu6()); break;
        case 2: g(Silu()); break;
        case 3: g(Sigmoid()); break;
        case 4: g(Tanh()); break;
        case 5: g(HardSwish()); break;
        case 6: g(HardSigmoid()); break;
        case 7: g(Gelu()); break;
        default: g(None());
    }
}

KERNEL activate(const T *x, T *y, i64 n, int function) {
    choose(function, [&](auto f) { map(x, y, n, [&](float v) { return f.value(v); }); });
}

// dx = dy · slope; data is the result or the argument, whichever the function is differentiated by.
KERNEL activate_backward(const T *data, const T *dy, T *dx, i64 n, int function) {
    choose(function, [&](auto f) {
        map(data, dy, dx, n, [&](float v, float g) { return g * f.slope(v); });
    });
}

// y = activation(a + b).
KERNEL add(const T *a, const T *b, T *y, i64 n, int function) {
    choose(function, [&](auto f) {
        map(a, b, y, n, [&](float v, float w) { return f.value(v + w); });
    });
}

KERNEL multiply(const T *a, const T *b, T *y, i64 n) {
    map(a, b, y, n, [](float v, float w) { return v * w; });
}

// y = factor[0] · x.
KERNEL scale(const T *x, const float *factor, T *y, i64 n) {
    float f = factor[0];
    map(x, y, n, [=](float v) { return f * v; });
}

KERNEL fill(T *y, float value, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = from_float<T>(value);
    }
}
