// From a kernel's C++ type to what Java can call: its name, its parameters' types, and an invoker.
#pragma once

#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

namespace emulated {

struct Kernel {
    const char *name;
    std::string (*parameters)();
    void (*invoke)(const long long *arguments);
};

// One letter a parameter; that of a pointer is followed by the bytes of what it points to.
template <typename P>
std::string parameter() {
    if constexpr (std::is_pointer_v<P>) {
        return "p" + std::to_string(sizeof(std::remove_pointer_t<P>)) + ",";
    } else if constexpr (std::is_same_v<P, long long>) {
        return "l,";
    } else if constexpr (std::is_same_v<P, int>) {
        return "i,";
    } else {
        static_assert(std::is_same_v<P, float>, "parameters of kernels are pointers, int, long long and float");
        return "f,";
    }
}

template <typename P>
P argument(const long long *slot) {
    P value;
    memcpy(&value, slot, sizeof(P));
    return value;
}

template <auto F>
struct Bound;

template <typename... P, void (*F)(P...)>
struct Bound<F> {
    static std::string parameters() {
        return (parameter<P>() + ... + std::string());
    }

    static void invoke(const long long *arguments) {
        call(arguments, std::make_index_sequence<sizeof...(P)>());
    }

    template <std::size_t... I>
    static void call(const long long *arguments, std::index_sequence<I...>) {
        F(argument<P>(arguments + I)...);
    }
};

template <auto F>
constexpr Kernel kernel(const char *name) {
    return Kernel{name, Bound<F>::parameters, Bound<F>::invoke};
}

} // namespace emulated
