// A mistake, for the compiler to find.
#include "common.cuh"

KERNEL broken(T *x) {
    x[0] = y;
}
