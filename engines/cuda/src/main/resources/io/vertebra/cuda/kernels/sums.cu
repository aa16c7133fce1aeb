// Sums over rows: in runs of rows first, then over the runs.
#include "activations.cuh"
#include "common.cuh"
#include "maps.cuh"

// Sums of each channel over the rows of a run: partials (pictures, runs, channels). Blocks are Tiles.
template <typename V>
__device__ inline void add_up(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    float sums[N] = {};
    each_row<V, 4>(t, {x}, [&](i64, const V (&values)[1]) {
        for (int k = 0; k < N; k++) {
            sums[k] += to_float(values[0].v[k]);
        }
    });
    sum_lines(sums, width, t.lines);
    if (t.works && t.line == 0) {
        store_floats(partials + (i64)blockIdx.x * channels + t.channel, sums);
    }
}

KERNEL sum_rows(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    add_up<Single<T>>(x, partials, rows, channels, width, runs, length);
}

KERNEL sum_rows_packed(const T *x, float *partials, i64 rows, int channels, int width, int runs, i64 length) {
    add_up<Pack<T>>(x, partials, rows, channels, width, runs, length);
}

// dx = dy · slope, with the sums of it over the rows of a run, partials (runs, channels); data is the result or the argument,
// whichever the function is differentiated by.
template <typename V>
__device__ inline void differentiate(
        const T *data, const T *dy, T *dx, float *partials, i64 rows, int channels, int width, int runs, i64 length,
        int function) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    float sums[N] = {};
    choose(function, [&](auto f) {
        each_row<V, 2>(t, {data, dy}, [&](i64 at, const V (&values)[2]) {
            V to;
            for (int k = 0; k < N; k++) {
                float g = to_float(values[1].v[k]) * f.slope(to_float(values[0].v[k]));
                sums[k] += g;
                to.v[k] = from_float<T>(g);
            }
            store<V>(dx + at, to);
        });
    });
    sum_lines(sums, width, t.lines);
    if (t.works && t.line == 0) {
        store_floats(partials + (i64)blockIdx.x * channels + t.channel, sums);
    }
}

#define BACKWARD \
    const T *data, const T *dy, T *dx, float *partials, i64 rows, int channels, int width, int runs, i64 length, int function

KERNEL activate_backward(BACKWARD) {
    differentiate<Single<T>>(data, dy, dx, partials, rows, channels, width, runs, length, function);
}

KERNEL activate_backward_packed(BACKWARD) {
    differentiate<Pack<T>>(data, dy, dx, partials, rows, channels, width, runs, length, function);
}

#undef BACKWARD

// Sums over runs: partials (pictures, runs, channels + more) to first (pictures, channels) and second (pictures, more), which is
// null where there are no more. A block has eight columns of a picture in 32 lines, which take the runs in turn.
KERNEL sum_runs(const float *partials, T *first, T *second, int channels, int more, int runs, int blocks) {
    int columns = channels + more;
    int picture = blockIdx.x / (u32)blocks;
    int column = (int)(blockIdx.x % (u32)blocks) * 8 + (int)threadIdx.x % 8;
    int line = (int)threadIdx.x / 8;
    int end = column < columns ? runs : 0;
    const float *own = partials + (i64)picture * runs * columns + column;
    float sum[1] = {};
    for (int run = line; run < end; run += 32) {
        sum[0] += own[(i64)run * columns];
    }
    sum_lines(sum, 8, 32);
    if (column < columns && line == 0) {
        bool of_first = column < channels;
        T *to = of_first ? first + (i64)picture * channels : second + (i64)picture * more - channels;
        to[column] = from_float<T>(sum[0]);
    }
}
