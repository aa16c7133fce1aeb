// What cuDNN and cuBLASLt leave to do around a convolution or product.
#include "activations.cuh"

// y = f(y + bias + addend) in place over maps (N, H, W, C); bias and addend may be null. A thread does one element.
KERNEL finish_convolution(T *y, const float *bias, const T *addend, int function, i64 elements, int channels) {
    i64 i = thread_index();
    if (i < elements) {
        float sum = to_float(y[i]);
        if (bias != nullptr) {
            sum += bias[i % channels];
        }
        if (addend != nullptr) {
            sum += to_float(addend[i]);
        }
        choose(function, [&](auto f) { y[i] = from_float<T>(f.value(sum)); });
    }
}

// The same where 16 bytes hold channels of one pixel only, or there is no bias. A thread does 16 bytes.
KERNEL finish_convolution_packed(T *y, const float *bias, const T *addend, int function, i64 elements, int channels) {
    i64 i = thread_index() * Pack<T>::N;
    if (i < elements) {
        Pack<T> sums = load_pack(y + i);
        Pack<T> addends = {};
        if (addend != nullptr) {
            addends = load_pack(addend + i);
        }
        int channel = (int)(i % channels);
        choose(function, [&](auto f) {
            for (int j = 0; j < Pack<T>::N; j++) {
                float sum = to_float(sums.v[j]) + (bias == nullptr ? 0.0f : bias[channel + j]) + to_float(addends.v[j]);
                sums.v[j] = from_float<T>(f.value(sum));
            }
        });
        store_pack(y + i, sums);
    }
}
