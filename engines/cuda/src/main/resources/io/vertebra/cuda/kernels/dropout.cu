// Zeroes at random and scales what stays, forwards and backwards alike. The key of the counter hash lies in memory, as it changes
// with each pass; uniform numbers below `rate` zero, which is a whole number of 2^-24.
#include "common.cuh"
#include "maps.cuh"

// Each element by itself. Its index is that of (pictures, channels, rows), however the map lies: picture · size + channel ·
// channel_step + row · row_step. Blocks are Tiles.
template <typename V>
__device__ inline void elements(
        const u64 *key, const T *x, T *y, i64 rows, int channels, int width, int runs, i64 length, i64 size, i64 channel_step,
        i64 row_step, float rate, float factor) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    u64 own = key[0];
    for (i64 row = t.first; row < t.end; row += t.lines) {
        V values = load<V>(x + t.start + row * channels);
        for (int k = 0; k < N; k++) {
            i64 index = t.picture * size + (t.channel + k) * channel_step + row * row_step;
            float times = kept(own, (u64)index, rate, factor);
            values.v[k] = from_float<T>(times * to_float(values.v[k]));
        }
        store<V>(y + t.start + row * channels, values);
    }
}

#define ELEMENTS \
    const u64 *key, const T *x, T *y, i64 rows, int channels, int width, int runs, i64 length, i64 size, i64 channel_step, \
            i64 row_step, float rate, float factor

KERNEL dropout(ELEMENTS) {
    elements<Single<T>>(key, x, y, rows, channels, width, runs, length, size, channel_step, row_step, rate, factor);
}

KERNEL dropout_packed(ELEMENTS) {
    elements<Pack<T>>(key, x, y, rows, channels, width, runs, length, size, channel_step, row_step, rate, factor);
}

// Whole pictures, whose index is their place in the batch; something may be added, unless it is null. Blocks are Tiles.
template <typename V>
__device__ inline void pictures(
        const u64 *key, const T *x, const T *addend, T *y, i64 rows, int channels, int width, int runs, i64 length, float rate,
        float factor) {
    constexpr int N = V::N;
    Tile<N> t(rows, channels, width, runs, length);
    float times = kept(key[0], (u64)t.picture, rate, factor);
    each_row<V, 2, true>(t, {x, addend}, [&](i64 at, const V (&values)[2]) {
        V to;
        for (int k = 0; k < N; k++) {
            to.v[k] = from_float<T>(times * to_float(values[0].v[k]) + to_float(values[1].v[k]));
        }
        store<V>(y + at, to);
    });
}

#define PICTURES \
    const u64 *key, const T *x, const T *addend, T *y, i64 rows, int channels, int width, int runs, i64 length, float rate, \
            float factor

KERNEL drop_path(PICTURES) {
    pictures<Single<T>>(key, x, addend, y, rows, channels, width, runs, length, rate, factor);
}

KERNEL drop_path_packed(PICTURES) {
    pictures<Pack<T>>(key, x, addend, y, rows, channels, width, runs, length, rate, factor);
}

#undef ELEMENTS
#undef PICTURES
