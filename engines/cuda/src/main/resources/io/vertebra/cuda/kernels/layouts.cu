// Between the float arrays of callers, which are row-major (N, C, H, W), and maps of T, channels last; and casts.
#include "common.cuh"

#define TILE 32

// Each thread an element.
KERNEL cast_from_float(const float *x, T *y, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = from_float<T>(x[i]);
    }
}

KERNEL cast_to_float(const T *x, float *y, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = to_float(x[i]);
    }
}

// Few channels: a thread takes one cell of a picture, so that the planes are read side by side. blockIdx.y: picture.
KERNEL planes_to_few_channels(const float *x, T *y, i64 cells, int channels) {
    i64 cell = thread_index();
    i64 picture = (i64)blockIdx.y * cells * channels;
    if (cell < cells) {
        for (int c = 0; c < channels; c++) {
            y[picture + cell * channels + c] = from_float<T>(x[picture + c * cells + cell]);
        }
    }
}

KERNEL few_channels_to_planes(const T *x, float *y, i64 cells, int channels) {
    i64 cell = thread_index();
    i64 picture = (i64)blockIdx.y * cells * channels;
    if (cell < cells) {
        for (int c = 0; c < channels; c++) {
            y[picture + c * cells + cell] = to_float(x[picture + cell * channels + c]);
        }
    }
}

// Many channels: a block turns a square of 32 cells by 32 channels. blockIdx: cells / 32, channels / 32, picture; a warp of the
// block of 256 takes every eighth row of the square.
KERNEL planes_to_channels(const float *x, T *y, i64 cells, int channels) {
    __shared__ float square[TILE][TILE + 1];
    int lane = threadIdx.x % TILE;
    int first = threadIdx.x / TILE;
    i64 picture = (i64)blockIdx.z * cells * channels;
    i64 cell = (i64)blockIdx.x * TILE;
    int channel = blockIdx.y * TILE;
    for (int row = first; row < TILE; row += 8) {
        if (channel + row < channels && cell + lane < cells) {
            square[row][lane] = x[picture + (channel + row) * cells + cell + lane];
        }
    }
    __syncthreads();
    for (int row = first; row < TILE; row += 8) {
        if (cell + row < cells && channel + lane < channels) {
            y[picture + (cell + row) * channels + channel + lane] = from_float<T>(square[lane][row]);
        }
    }
}

KERNEL channels_to_planes(const T *x, float *y, i64 cells, int channels) {
    __shared__ float square[TILE][TILE + 1];
    int lane = threadIdx.x % TILE;
    int first = threadIdx.x / TILE;
    i64 picture = (i64)blockIdx.z * cells * channels;
    i64 cell = (i64)blockIdx.x * TILE;
    int channel = blockIdx.y * TILE;
    for (int row = first; row < TILE; row += 8) {
        if (cell + row < cells && channel + lane < channels) {
            square[row][lane] = to_float(x[picture + (cell + row) * channels + channel + lane]);
        }
    }
    __syncthreads();
    for (int row = first; row < TILE; row += 8) {
        if (channel + row < channels && cell + lane < cells) {
            y[picture + (channel + row) * cells + cell + lane] = square[lane][row];
        }
    }
}
