// Who computes what of a map (N, H, W, C): a thread a cell, or a block some neighbouring channels of many rows.
#pragma once
#include "common.cuh"

// The cell of a map of which this thread computes a channel, or N neighbours; there may be no such cell.
template <int N>
struct Cell {
    i64 at; // where the channels lie in the map
    i64 picture;
    int row, column, channel;
    bool exists;

    __device__ Cell(int pictures, int h, int w, int c) {
        int packs = c / N;
        picture = thread_index();
        exists = picture < (i64)pictures * h * w * packs;
        at = picture * N;
        channel = take(picture, packs) * N;
        column = take(picture, w);
        row = take(picture, h);
    }
};

// Calls g with the cells of a rectangle, row by row: row, column and what `map`, a picture from a channel on, holds there.
template <typename V, typename E, typename G>
__device__ inline void each_cell(const E *map, int w, int c, int top, int bottom, int left, int right, G g) {
    for (int row = top; row < bottom; row++) {
        const E *at = map + ((i64)row * w + left) * c;
        for (int column = left; column < right; column++, at += c) {
            g(row, column, load<V>(at));
        }
    }
}

// Where a thread works in a block of 256 that has `width` neighbours along the channels, each of N channels: its lines of threads
// share out the work on them. blockIdx.y counts the neighbours. A thread for which nothing is left does not work.
template <int N>
struct Lines {
    int lines, line, channel;
    bool works;

    __device__ Lines(int channels, int width) {
        lines = (int)blockDim.x / width;
        line = (int)threadIdx.x / width;
        channel = ((int)blockIdx.y * width + (int)threadIdx.x % width) * N;
        works = line < lines && channel < channels;
    }
};

// Where a thread works in maps (pictures, rows, channels). The lines of a block take in turn the rows of a run of one picture.
// blockIdx.x counts the runs of all pictures. A thread that does not work has no rows.
template <int N>
struct Tile : Lines<N> {
    int picture, run, channels;
    i64 first, end;
    i64 start; // of the picture's first row, at the own channel

    __device__ Tile(i64 rows, int channels, int width, int runs, i64 length)
        : Lines<N>(channels, width), channels(channels) {
        picture = blockIdx.x / (u32)runs;
        run = blockIdx.x % (u32)runs;
        first = run * length + this->line;
        end = this->works ? min(rows, (run + 1) * length) : 0;
        start = picture * rows * channels + this->channel;
    }
};

// Calls g for each row of a thread: where its channels lie and what each of the maps holds there. U rows are
// read ahead. SOME: maps may be null, which are full of zeros.
template <typename V, int U, bool SOME = false, int M, int N, typename E, typename G>
__device__ inline void each_row(const Tile<N> &t, const E *const (&maps)[M], G g) {
    i64 step = (i64)t.lines * t.channels;
    i64 at = t.start + t.first * t.channels;
    for (int left = (int)max(t.end - t.first, (i64)0); left > 0; left -= U * t.lines, at += U * step) {
        V values[U][M];
        for (int u = 0; u < U; u++) {
            if (u * t.lines < left) {
                for (int m = 0; m < M; m++) {
                    values[u][m] = SOME && maps[m] == nullptr ? V{} : load<V>(maps[m] + at + u * step);
                }
            }
        }
        for (int u = 0; u < U; u++) {
            if (u * t.lines < left) {
                g(at + u * step, values[u]);
            }
        }
    }
}

// Adds up what the lines of a block of 256 hold; every thread gets the sum of its place in the line. All must call it.
template <int N>
__device__ inline void sum_lines(float (&value)[N], int width, int lines) {
    __shared__ float held[N][256];
    int line = (int)threadIdx.x / width;
    __syncthreads();
    for (int k = 0; k < N; k++) {
        held[k][threadIdx.x] = value[k];
    }
    for (int n = lines; n > 1; n = (n + 1) / 2) {
        int half = (n + 1) / 2;
        __syncthreads();
        if (line + half < n) {
            for (int k = 0; k < N; k++) {
                held[k][threadIdx.x] += held[k][threadIdx.x + half * width];
            }
        }
    }
    __syncthreads();
    for (int k = 0; k < N; k++) {
        value[k] = held[k][threadIdx.x % width];
    }
}
