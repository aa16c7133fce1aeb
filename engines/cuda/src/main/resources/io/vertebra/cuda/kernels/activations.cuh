// The activations, and the functions that they are made of.
#pragma once
#include "common.cuh"

// Cuts that keep what is not a number.
__device__ inline float cut(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

// By the quick exponential and quotient: a card reads and writes faster than it computes the exact ones. What they are off by
// is below 1e-6 of 1 everywhere.
__device__ inline float sigmoid(float x) {
    return __fdividef(1, 1 + __expf(-x));
}

// The density of a standard normal distribution, times √(2π).
__device__ inline float bell(float x) {
    return __expf(-0.5f * x * x);
}

// The share of a standard normal distribution below x, to 3e-7. The share beyond |x| over the bell is a polynomial of
// t = 1 / (1 + 0.332 |x|), whose five coefficients were fitted for the least error of x · share.
__device__ inline float normal_share(float x) {
    float t = __fdividef(1, 1 + 0.33234018f * fabsf(x));
    float beyond = t * (0.12356882f + t * (0.19997182f + t * (-0.080245845f + t * (0.3659087f - t * 0.109203525f))));
    beyond *= bell(x);
    return x < 0 ? beyond : 1 - beyond;
}

// The activations, each with its value and its slope: by the result where that tells it, by the argument in the others. At a
// kink the slope is that of the flat or lower side; where there is no number, gradients pass a Relu.
struct None {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return x; }
    __device__ static float slope(float) { return 1; }
};

struct Relu {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return x < 0 ? 0 : x; }
    __device__ static float slope(float y) { return y <= 0 ? 0 : 1; }
};

struct Relu6 {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return cut(x, 0, 6); }
    __device__ static float slope(float y) { return y > 0 && y < 6 ? 1 : 0; }
};

// The result has the sign of the argument; 0.1 is Activation.LEAK.
struct LeakyRelu {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return x > 0 ? x : 0.1f * x; }
    __device__ static float slope(float y) { return y > 0 ? 1 : 0.1f; }
};

struct Silu {
    static constexpr bool BY_RESULT = false;
    __device__ static float value(float x) { return x * sigmoid(x); }
    __device__ static float slope(float x) { return sigmoid(x) * (1 + x * (1 - sigmoid(x))); }
};

struct Sigmoid {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return sigmoid(x); }
    __device__ static float slope(float y) { return y * (1 - y); }
};

struct Tanh {
    static constexpr bool BY_RESULT = true;
    __device__ static float value(float x) { return tanhf(x); }
    __device__ static float slope(float y) { return 1 - y * y; }
};

struct HardSigmoid {
    static constexpr bool BY_RESULT = false;
    __device__ static float value(float x) { return cut(x + 3, 0, 6) * (1.0f / 6); }
    __device__ static float slope(float x) { return x > -3 && x < 3 ? 1.0f / 6 : 0; }
};

struct HardSwish {
    static constexpr bool BY_RESULT = false;
    __device__ static float value(float x) { return x * HardSigmoid::value(x); }
    __device__ static float slope(float x) { return HardSigmoid::value(x) + x * HardSigmoid::slope(x); }
};

struct Gelu {
    static constexpr bool BY_RESULT = false;
    __device__ static float value(float x) { return x * normal_share(x); }
    __device__ static float slope(float x) { return normal_share(x) + 0.39894228f * x * bell(x); }
};

// The slope at an argument, of every function.
template <typename F>
__device__ inline float slope_at(float x) {
    return F::slope(F::BY_RESULT ? F::value(x) : x);
}

// Calls g with the activation that Activations gives this number; -1 for none.
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
        case 8: g(LeakyRelu()); break;
        default: g(None());
    }
}
