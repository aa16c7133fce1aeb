// Functions of single elements: activations, sums, products. A thread computes a pack of neighbours; the last one of a
// tensor may have fewer. Every tensor begins at a multiple of 16 bytes. Results may lie over sources.
#include "activations.cuh"
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

// y = activation(a + factor · b).
KERNEL scaled_add(const T *a, float factor, const T *b, T *y, i64 n, int function) {
    choose(function, [&](auto f) {
        map(a, b, y, n, [&](float v, float w) { return f.value(v + factor * w); });
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
