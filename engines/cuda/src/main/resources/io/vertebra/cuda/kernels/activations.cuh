// The activations, and the functions that they are made of.
#pragma once
#include "common.cuh"

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
        default: g(None());
    }
}
