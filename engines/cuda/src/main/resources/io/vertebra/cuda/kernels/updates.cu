// What moves weights: passes over flat arenas, the arithmetic of graph's UpdateFormulas.
//
// Numbers that change from step to step are read from an array on the device, since a step is recorded once and repeated:
enum Scalar {
    MEAN,       // 1 / micro-batches
    ADDS,       // 0: the sum begins with this micro-batch
    CORRECTION, // AdamW: 1 / √(1 − β₂ᵗ)
    SCALE,      // of the gradient: MEAN, times the factor of clipping
    GROUPS      // then for each group: rate and decay; AdamW: rate / (1 − β₁ᵗ) and 1 − rate · decay
};
// A thread takes four neighbours; arenas and segments begin at multiples of four.
#include "common.cuh"

// sums = gradients, or += gradients.
KERNEL accumulate(const float *gradients, const float *scalars, float *sums, i64 n) {
    bool adds = scalars[ADDS] != 0;
    i64 at = 4 * thread_index();
    if (at + 4 <= n) {
        Pack<float> g = load_pack(gradients + at);
        if (adds) {
            Pack<float> s = load_pack(sums + at);
            for (int i = 0; i < 4; i++) {
                g.v[i] += s.v[i];
            }
        }
        store_pack(sums + at, g);
    } else {
        for (; at < n; at++) {
            sums[at] = adds ? sums[at] + gradients[at] : gradients[at];
        }
    }
}

// partial[block] = Σ gradient² in double; a block takes every so many packs.
KERNEL squares(const float *gradients, i64 n, double *partial) {
    double sum = 0;
    for (i64 at = 4 * thread_index(); at < n; at += 4 * (i64)gridDim.x * blockDim.x) {
        if (at + 4 <= n) {
            Pack<float> g = load_pack(gradients + at);
            for (int i = 0; i < 4; i++) {
                sum += (double)g.v[i] * g.v[i];
            }
        } else {
            for (i64 i = at; i < n; i++) {
                sum += (double)gradients[i] * gradients[i];
            }
        }
    }
    store_block_sum(partial, sum);
}

// SCALE = MEAN · min(1, limit / (norm of the mean gradient + 1e-6)), NaN where the norm is NaN. One block.
KERNEL clip_scale(const double *partial, int count, float limit, float *scalars) {
    double sum = 0;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        sum += partial[i];
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) {
        double mean = scalars[MEAN];
        double factor = limit / (sqrt(sum) * mean + 1e-6);
        scalars[SCALE] = (float)(mean * (factor > 1 ? 1 : factor));
    }
}

struct Sgd {
    float scale;
    float rate;
    float decay;
    float momentum;
    int nesterov;

    __device__ inline void move(float &w, float g, float *m) const {
        float gradient = scale * g + decay * w;
        float step = gradient;
        if (m) {
            *m = momentum * *m + gradient;
            step = nesterov ? gradient + momentum * *m : *m;
        }
        w -= rate * step;
    }
};

// momentum is null without one; n is that of a segment of one group.
KERNEL sgd(
    float *weights,
    const float *gradients,
    float *momentum,
    const float *scalars,
    int group,
    float factor,
    int nesterov,
    i64 n) {
    Sgd rule{scalars[SCALE], scalars[GROUPS + 2 * group], scalars[GROUPS + 2 * group + 1], factor, nesterov};
    i64 at = 4 * thread_index();
    if (at + 4 <= n) {
        Pack<float> w = load_pack(weights + at);
        Pack<float> g = load_pack(gradients + at);
        Pack<float> m = momentum ? load_pack(momentum + at) : g;
        for (int i = 0; i < 4; i++) {
            rule.move(w.v[i], g.v[i], momentum ? &m.v[i] : 0);
        }
        store_pack(weights + at, w);
        if (momentum) {
            store_pack(momentum + at, m);
        }
    } else {
        for (; at < n; at++) {
            rule.move(weights[at], gradients[at], momentum ? momentum + at : 0);
        }
    }
}

struct AdamW {
    float scale;
    float beta1;
    float take1; // 1 − β₁, which is not that of the rounded β₁
    float beta2;
    float take2;
    float keep;
    float step;
    float correction;
    float epsilon;

    __device__ inline void move(float &w, float g, float &m, float &v) const {
        float gradient = scale * g;
        m = beta1 * m + take1 * gradient;
        v = beta2 * v + take2 * gradient * gradient;
        w = keep * w - step * m / (sqrtf(v) * correction + epsilon);
    }
};

// As sgd.
KERNEL adam_w(
    float *weights,
    const float *gradients,
    float *means,
    float *squares,
    const float *scalars,
    int group,
    float beta1,
    float take1,
    float beta2,
    float take2,
    float epsilon,
    i64 n) {
    float step = scalars[GROUPS + 2 * group];
    float keep = scalars[GROUPS + 2 * group + 1];
    AdamW rule{scalars[SCALE], beta1, take1, beta2, take2, keep, step, scalars[CORRECTION], epsilon};
    i64 at = 4 * thread_index();
    if (at + 4 <= n) {
        Pack<float> w = load_pack(weights + at);
        Pack<float> g = load_pack(gradients + at);
        Pack<float> m = load_pack(means + at);
        Pack<float> v = load_pack(squares + at);
        for (int i = 0; i < 4; i++) {
            rule.move(w.v[i], g.v[i], m.v[i], v.v[i]);
        }
        store_pack(weights + at, w);
        store_pack(means + at, m);
        store_pack(squares + at, v);
    } else {
        for (; at < n; at++) {
            rule.move(weights[at], gradients[at], means[at], squares[at]);
        }
    }
}

// average = keep · average + take · weight.
KERNEL ema(float *averages, const float *weights, float keep, float take, i64 n) {
    i64 at = 4 * thread_index();
    if (at + 4 <= n) {
        Pack<float> a = load_pack(averages + at);
        Pack<float> w = load_pack(weights + at);
        for (int i = 0; i < 4; i++) {
            a.v[i] = keep * a.v[i] + take * w.v[i];
        }
        store_pack(averages + at, a);
    } else {
        for (; at < n; at++) {
            averages[at] = keep * averages[at] + take * weights[at];
        }
    }
}
