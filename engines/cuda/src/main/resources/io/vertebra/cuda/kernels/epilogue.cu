// What cuDNN and cuBLASLt leave to do around a convolution or product.
#include "activations.cuh"

// y = f(y + bias + addend) in place over maps (N, H, W, C); bias and addend may be null. Where an argument is given, the sums
// begin and stay there: argument += bias + addend, y = f(argument). A thread does one element.
KERNEL finish_convolution(T *y, T *argument, const float *bias, const T *addend, int function, i64 elements, int channels) {
    i64 i = thread_index();
    if (i < elements) {
        float sum = to_float(argument == nullptr ? y[i] : argument[i]);
        if (bias != nullptr) {
            sum += bias[i % channels];
        }
        if (addend != nullptr) {
            sum += to_float(addend[i]);
        }
        if (argument != nullptr && (bias != nullptr || addend != nullptr)) {
            argument[i] = from_float<T>(sum);
        }
        choose(function, [&](auto f) { y[i] = from_float<T>(f.value(sum)); });
    }
}

// The same where 16 bytes hold channels of one pixel only, or there is no bias. A thread does 16 bytes.
KERNEL finish_convolution_packed(
        T *y, T *argument, const float *bias, const T *addend, int function, i64 elements, int channels) {
    i64 i = thread_index() * Pack<T>::N;
    if (i < elements) {
        Pack<T> values = load_pack(argument == nullptr ? y + i : argument + i);
        Pack<T> addends = {};
        if (addend != nullptr) {
            addends = load_pack(addend + i);
        }
        int channel = (int)(i % channels);
        float sums[Pack<T>::N];
        for (int j = 0; j < Pack<T>::N; j++) {
            sums[j] = to_float(values.v[j]) + (bias == nullptr ? 0.0f : bias[channel + j]) + to_float(addends.v[j]);
            values.v[j] = from_float<T>(sums[j]);
        }
        if (argument != nullptr && (bias != nullptr || addend != nullptr)) {
            store_pack(argument + i, values);
        }
        choose(function, [&](auto f) {
            for (int j = 0; j < Pack<T>::N; j++) {
                values.v[j] = from_float<T>(f.value(sums[j]));
            }
        });
        store_pack(y + i, values);
    }
}
