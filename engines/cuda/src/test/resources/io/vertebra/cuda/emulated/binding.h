// From a kernel's C++ type to what Java can call: its name, its parameters' types, and an invoker.
#pragma once

#include <stdio.h>
#include <string.h>
#include <type_traits>
#include <utility>

namespace emulated {

constexpr int MOST_PARAMETERS = 64;
constexpr int PARAMETER_TEXT = 8;

struct Kernel {
    const char *name;
    void (*parameters)(char *text);
    void (*invoke)(const long long *arguments);
};

// Those of one unit.
struct Kernels {
    const Kernel *first;
    int count;
};

// One letter a parameter; that of a pointer is followed by the bytes of what it points to.
template <typename P>
char *parameter(char *text) {
    if constexpr (std::is_pointer_v<P>) {
        return text + snprintf(text, PARAMETER_TEXT, "p%d,", (int)sizeof(std::remove_pointer_t<P>));
    } else if constexpr (std::is_same_v<P, long long>) {
        return stpcpy(text, "l,");
    } else if constexpr (std::is_same_v<P, int>) {
        return stpcpy(text, "i,");
    } else {
        static_assert(std::is_same_v<P, float>, "parameters of kernels are pointers, int, long long and float");
        return stpcpy(text, "f,");
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
    static_assert(sizeof...(P) <= MOST_PARAMETERS);

    static void parameters(char *text) {
        *text = 0;
        ((text = parameter<P>(text)), ...);
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
