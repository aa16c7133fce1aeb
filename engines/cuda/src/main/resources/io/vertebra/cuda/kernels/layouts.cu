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

KERNEL cast_from_integers(const int *x, T *y, i64 n) {
    i64 i = thread_index();
    if (i < n) {
        y[i] = from_float<T>((float)x[i]);
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

// Samples of 8 bits (N, H, W, C) to a map, which lies as they do. x: 256 floats a channel, which the samples stand for, then the
// samples, four a word. Each thread a word.
KERNEL bytes_to_map(const u32 *x, T *y, i64 n, int channels) {
    i64 i = 4 * thread_index();
    if (i < n) {
        u32 samples = x[256 * channels + i / 4];
        int channel = (int)(i % channels);
        for (int k = 0; k < 4 && i + k < n; k++) {
            y[i + k] = from_float<T>(__uint_as_float(x[256 * channel + (samples >> (8 * k) & 255u)]));
            channel = channel + 1 == channels ? 0 : channel + 1;
        }
    }
}

// Many channels: a block turns a square of 32 rows by 32 columns of a picture's matrix x, through shared memory; a warp of the
// block of 256 takes every eighth row of the square.
template <typename A, typename B>
__device__ inline void turn_square(const A *x, B *y, i64 rows, i64 columns, i64 row, i64 column) {
    __shared__ float square[TILE][TILE + 1];
    int lane = threadIdx.x % TILE;
    int first = threadIdx.x / TILE;
    i64 picture = (i64)blockIdx.z * rows * columns;
    for (int i = first; i < TILE; i += 8) {
        if (row + i < rows && column + lane < columns) {
            square[i][lane] = to_float(x[picture + (row + i) * columns + column + lane]);
        }
    }
    __syncthreads();
    for (int i = first; i < TILE; i += 8) {
        if (column + i < columns && row + lane < rows) {
            y[picture + (column + i) * rows + row + lane] = from_float<B>(square[lane][i]);
        }
    }
}

// blockIdx: cells / 32, channels / 32, picture.
KERNEL planes_to_channels(const float *x, T *y, i64 cells, int channels) {
    turn_square(x, y, channels, cells, (i64)blockIdx.y * TILE, (i64)blockIdx.x * TILE);
}

KERNEL channels_to_planes(const T *x, float *y, i64 cells, int channels) {
    turn_square(x, y, cells, channels, (i64)blockIdx.x * TILE, (i64)blockIdx.y * TILE);
}
