// Convolutions and products as plain loops, in place of cuDNN and cuBLASLt. Sums are float.
#pragma once

namespace emulated {

// In the order in which Java gives them.
struct Convolution {
    int pass, bf16, tf32, n, c, h, w, k, r, s, outH, outW, strideH, strideW, top, left, dilationH, dilationW, groups, bias,
            addend, keepsArgument, function, pitch;
};

struct Product {
    int bf16, outBf16, tf32, m, n, k, transposeA, transposeB, bias;
};

void convolve(const Convolution &convolution, void *const *tensors);
void multiply(const Product &product, void *const *tensors);

} // namespace emulated
