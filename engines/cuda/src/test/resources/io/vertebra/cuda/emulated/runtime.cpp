// The native methods of io.vertebra.cuda.emulated.Emulator. One thread at a time runs kernels.
#include "binding.h"
#include "fibers.h"
#include "library.h"
#include "watch.h"

#include <cstdint>
#include <cstdlib>
#include <jni.h>
#include <mutex>
#include <string>
#include <vector>

namespace emulated {

// Written by EmulatorSources: the kernels of each unit, and no more where the first is null.
extern const Kernels *const all_kernels[];

} // namespace emulated

namespace {

std::mutex one_at_a_time;
const std::vector<emulated::Kernel> &kernels() {
    static const std::vector<emulated::Kernel> all = [] {
        std::vector<emulated::Kernel> joined;
        for (const emulated::Kernels *const *unit = emulated::all_kernels; *unit != nullptr; unit++) {
            joined.insert(joined.end(), (*unit)->first, (*unit)->first + (*unit)->count);
        }
        return joined;
    }();
    return all;
}

std::vector<jlong> longs(JNIEnv *env, jlongArray from) {
    std::vector<jlong> values(env->GetArrayLength(from));
    env->GetLongArrayRegion(from, 0, (jsize)values.size(), values.data());
    return values;
}

std::vector<void *> addresses(JNIEnv *env, jlongArray from) {
    std::vector<void *> pointers;
    for (jlong address : longs(env, from)) {
        pointers.push_back(reinterpret_cast<void *>(address));
    }
    return pointers;
}

template <typename S>
S numbers(JNIEnv *env, jintArray from) {
    S result;
    static_assert(sizeof(jint) == sizeof(int));
    env->GetIntArrayRegion(from, 0, sizeof(S) / sizeof(int), reinterpret_cast<jint *>(&result));
    return result;
}

} // namespace

#define NATIVE(type, name) extern "C" JNIEXPORT type JNICALL Java_io_vertebra_cuda_emulated_Emulator_##name

NATIVE(jobjectArray, kernels)(JNIEnv *env, jclass) {
    const std::vector<emulated::Kernel> &all = kernels();
    jobjectArray result = env->NewObjectArray((jsize)all.size(), env->FindClass("java/lang/String"), nullptr);
    for (std::size_t i = 0; i < all.size(); i++) {
        char parameters[emulated::MOST_PARAMETERS * emulated::PARAMETER_TEXT];
        all[i].parameters(parameters);
        std::string line = std::string(all[i].name) + ":" + parameters;
        jstring text = env->NewStringUTF(line.c_str());
        env->SetObjectArrayElement(result, (jsize)i, text);
        env->DeleteLocalRef(text);
    }
    return result;
}

NATIVE(jstring, launch)(JNIEnv *env, jclass, jint kernel, jint x, jint y, jint z, jint threads, jlongArray arguments) {
    std::vector<jlong> slots = longs(env, arguments);
    std::vector<long long> values(slots.begin(), slots.end());
    emulated::Grid grid{(unsigned)x, (unsigned)y, (unsigned)z, (unsigned)threads};
    std::lock_guard<std::mutex> lock(one_at_a_time);
    std::string failure = emulated::run(kernels().at(kernel), grid, values.data(), (int)values.size());
    return failure.empty() ? nullptr : env->NewStringUTF(failure.c_str());
}

NATIVE(void, convolve)(JNIEnv *env, jclass, jintArray convolution, jlongArray tensors) {
    std::lock_guard<std::mutex> lock(one_at_a_time);
    emulated::convolve(numbers<emulated::Convolution>(env, convolution), addresses(env, tensors).data());
}

NATIVE(void, multiply)(JNIEnv *env, jclass, jintArray product, jlongArray tensors) {
    std::lock_guard<std::mutex> lock(one_at_a_time);
    emulated::multiply(numbers<emulated::Product>(env, product), addresses(env, tensors).data());
}

// Memory with a guard before and behind it; 0 where there is none.
NATIVE(jlong, allocate)(JNIEnv *env, jclass, jlong bytes, jlong guard, jstring name) {
    jlong whole = (bytes + 2 * guard + 255) / 256 * 256;
    char *base = static_cast<char *>(aligned_alloc(256, (std::size_t)whole));
    if (base != nullptr) {
        const char *text = env->GetStringUTFChars(name, nullptr);
        std::lock_guard<std::mutex> lock(one_at_a_time);
        emulated::enter_memory(base + guard, (std::size_t)bytes, text);
        env->ReleaseStringUTFChars(name, text);
    }
    return reinterpret_cast<jlong>(base);
}

NATIVE(void, free)(JNIEnv *, jclass, jlong base, jlong guard) {
    std::lock_guard<std::mutex> lock(one_at_a_time);
    emulated::leave_memory(reinterpret_cast<char *>(base + guard));
    free(reinterpret_cast<void *>(base));
}

NATIVE(jobject, buffer)(JNIEnv *env, jclass, jlong address, jlong bytes) {
    return env->NewDirectByteBuffer(reinterpret_cast<void *>(address), bytes);
}
