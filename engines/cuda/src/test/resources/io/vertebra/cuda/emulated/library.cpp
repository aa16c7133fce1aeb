#include "library.h"
#include "emulator.h"

#include <vector>

namespace emulated {
namespace {

#include "activations.cuh"

// As it goes into a product: a float may be shortened to 10 bits of mantissa.
template <typename E, bool TF32>
float factor(E value) {
    if constexpr (TF32) {
        u32 bits = __float_as_uint(to_float(value));
        return __uint_as_float((bits + 0xfffu + ((bits >> 13) & 1u)) & ~0x1fffu);
    } else {
        return to_float(value);
    }
}

template <typename E, bool TF32>
void forward(const Convolution &v, const E *x, const E *w, const float *bias, const E *addend, E *argument, E *y) {
    int depth = v.c / v.groups, filters = v.k / v.groups;
    for (i64 at = 0; at < (i64)v.n * v.outH * v.outW; at++) {
        int q = (int)(at % v.outW), p = (int)(at / v.outW % v.outH), picture = (int)(at / v.outW / v.outH);
        for (int k = 0; k < v.k; k++) {
            float sum = 0;
            for (int r = 0; r < v.r; r++) {
                for (int s = 0; s < v.s; s++) {
                    int i = p * v.strideH - v.top + r * v.dilationH, j = q * v.strideW - v.left + s * v.dilationW;
                    if (i < 0 || i >= v.h || j < 0 || j >= v.w) {
                        continue;
                    }
                    const E *from = x + (((i64)picture * v.h + i) * v.w + j) * v.c + k / filters * depth;
                    const E *with = w + (((i64)k * v.r + r) * v.s + s) * depth;
                    for (int c = 0; c < depth; c++) {
                        sum += factor<E, TF32>(from[c]) * factor<E, TF32>(with[c]);
                    }
                }
            }
            if (bias != nullptr) {
                sum += bias[k];
            }
            if (addend != nullptr) {
                sum += to_float(addend[at * v.k + k]);
            }
            if (argument != nullptr) { // as it is kept: a function behind the sums reads it so
                argument[at * v.k + k] = from_float<E>(sum);
                sum = to_float(argument[at * v.k + k]);
            }
            choose(v.function, [&](auto f) { y[at * v.pitch + k] = from_float<E>(f.value(sum)); });
        }
    }
}

// The position of the window that has this tap on this row or column, or -1.
int window(int at, int before, int tap, int stride, int count) {
    int from = at + before - tap;
    return from >= 0 && from % stride == 0 && from / stride < count ? from / stride : -1;
}

template <typename E, bool TF32>
void data(const Convolution &v, const E *dy, const E *w, E *dx) {
    int depth = v.c / v.groups, filters = v.k / v.groups;
    std::vector<float> sums(v.c);
    for (i64 at = 0; at < (i64)v.n * v.h * v.w; at++) {
        int j = (int)(at % v.w), i = (int)(at / v.w % v.h), picture = (int)(at / v.w / v.h);
        sums.assign(v.c, 0);
        for (int r = 0; r < v.r; r++) {
            for (int s = 0; s < v.s; s++) {
                int p = window(i, v.top, r * v.dilationH, v.strideH, v.outH);
                int q = window(j, v.left, s * v.dilationW, v.strideW, v.outW);
                for (int k = 0; p >= 0 && q >= 0 && k < v.k; k++) {
                    float gradient = factor<E, TF32>(dy[(((i64)picture * v.outH + p) * v.outW + q) * v.k + k]);
                    const E *with = w + (((i64)k * v.r + r) * v.s + s) * depth;
                    float *to = sums.data() + k / filters * depth;
                    for (int c = 0; c < depth; c++) {
                        to[c] += gradient * factor<E, TF32>(with[c]);
                    }
                }
            }
        }
        for (int c = 0; c < v.c; c++) {
            dx[at * v.c + c] = from_float<E>(sums[c]);
        }
    }
}

template <typename E, bool TF32>
void weights(const Convolution &v, const E *x, const E *dy, float *dw) {
    int depth = v.c / v.groups, filters = v.k / v.groups;
    for (i64 at = 0; at < (i64)v.k * v.r * v.s; at++) {
        int s = (int)(at % v.s), r = (int)(at / v.s % v.r), k = (int)(at / v.s / v.r);
        float *to = dw + at * depth;
        for (int c = 0; c < depth; c++) {
            to[c] = 0;
        }
        for (i64 out = 0; out < (i64)v.n * v.outH * v.outW; out++) {
            int q = (int)(out % v.outW), p = (int)(out / v.outW % v.outH), picture = (int)(out / v.outW / v.outH);
            int i = p * v.strideH - v.top + r * v.dilationH, j = q * v.strideW - v.left + s * v.dilationW;
            if (i < 0 || i >= v.h || j < 0 || j >= v.w) {
                continue;
            }
            const E *from = x + (((i64)picture * v.h + i) * v.w + j) * v.c + k / filters * depth;
            float gradient = factor<E, TF32>(dy[out * v.k + k]);
            for (int c = 0; c < depth; c++) {
                to[c] += gradient * factor<E, TF32>(from[c]);
            }
        }
    }
}

template <typename E, bool TF32>
void convolve_as(const Convolution &v, void *const *tensors) {
    const E *first = static_cast<const E *>(tensors[0]), *second = static_cast<const E *>(tensors[1]);
    if (v.pass == 0) {
        int next = 2;
        const float *bias = v.bias ? static_cast<const float *>(tensors[next++]) : nullptr;
        const E *addend = v.addend ? static_cast<const E *>(tensors[next++]) : nullptr;
        E *argument = v.keepsArgument ? static_cast<E *>(tensors[next++]) : nullptr;
        forward<E, TF32>(v, first, second, bias, addend, argument, static_cast<E *>(tensors[next]));
    } else if (v.pass == 1) {
        data<E, TF32>(v, first, second, static_cast<E *>(tensors[2]));
    } else {
        weights<E, TF32>(v, first, second, static_cast<float *>(tensors[2]));
    }
}

template <typename E, typename O, bool TF32>
void multiply_as(const Product &v, void *const *tensors) {
    const E *a = static_cast<const E *>(tensors[0]), *b = static_cast<const E *>(tensors[1]);
    const float *bias = v.bias ? static_cast<const float *>(tensors[2]) : nullptr;
    O *c = static_cast<O *>(tensors[v.bias ? 3 : 2]);
    std::vector<float> sums(v.n);
    for (i64 i = 0; i < v.m; i++) {
        sums.assign(v.n, 0);
        for (i64 l = 0; l < v.k; l++) {
            float left = factor<E, TF32>(a[v.transposeA ? l * v.m + i : i * v.k + l]);
            for (i64 j = 0; j < v.n; j++) {
                sums[j] += left * factor<E, TF32>(b[v.transposeB ? j * v.k + l : l * v.n + j]);
            }
        }
        for (i64 j = 0; j < v.n; j++) {
            c[i * v.n + j] = from_float<O>(sums[j] + (bias != nullptr ? bias[j] : 0));
        }
    }
}

} // namespace

void convolve(const Convolution &v, void *const *tensors) {
    if (v.bf16) {
        convolve_as<bf16, false>(v, tensors);
    } else if (v.tf32) {
        convolve_as<float, true>(v, tensors);
    } else {
        convolve_as<float, false>(v, tensors);
    }
}

void multiply(const Product &v, void *const *tensors) {
    if (v.bf16 && v.outBf16) {
        multiply_as<bf16, bf16, false>(v, tensors);
    } else if (v.bf16) {
        multiply_as<bf16, float, false>(v, tensors);
    } else if (v.tf32) {
        multiply_as<float, float, true>(v, tensors);
    } else {
        multiply_as<float, float, false>(v, tensors);
    }
}

} // namespace emulated
