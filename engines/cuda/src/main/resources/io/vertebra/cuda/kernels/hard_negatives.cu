// The class loss of SSD counts all positive anchors of a picture and the hardest of its negative ones.
#include "common.cuh"

// The sum over the threads before this one.
__device__ inline int count_before(int value) {
    __shared__ int sums[2][1024];
    int turn = 0;
    __syncthreads();
    sums[0][threadIdx.x] = value;
    __syncthreads();
    for (int distance = 1; distance < (int)blockDim.x; distance *= 2) {
        int before = (int)threadIdx.x >= distance ? sums[turn][threadIdx.x - distance] : 0;
        sums[1 - turn][threadIdx.x] = sums[turn][threadIdx.x] + before;
        turn = 1 - turn;
        __syncthreads();
    }
    return sums[turn][threadIdx.x] - value;
}

// Of the losses of negative anchors, the bits of that at a rank, the largest first; rank becomes that among its equals.
__device__ inline int loss_at(const int *labels, const float *losses, int anchors, int &rank) {
    __shared__ int counts[16][32];
    int known = 0;
    for (int shift = 28; shift >= 0; shift -= 4) {
        int own[16] = {0};
        for (int i = threadIdx.x; i < anchors; i += blockDim.x) {
            int bits = (int)__float_as_uint(losses[i]);
            bool counts_in = labels[i] == 0 && (shift == 28 || bits >> (shift + 4) == known >> (shift + 4));
            int digit = counts_in ? (bits >> shift) & 15 : -1;
            for (int d = 0; d < 16; d++) {
                own[d] += digit == d ? 1 : 0;
            }
        }
        __syncthreads();
        for (int d = 0; d < 16; d++) {
            int sum = warp_sum(own[d]);
            if (threadIdx.x % 32 == 0) {
                counts[d][threadIdx.x / 32] = sum;
            }
        }
        __syncthreads();
        for (int digit = 15; digit >= 0; digit--) {
            int sum = 0;
            for (int i = 0; i < (int)blockDim.x / 32; i++) {
                sum += counts[digit][i];
            }
            if (sum > rank) {
                known |= digit << shift;
                break;
            }
            rank -= sum;
        }
    }
    return known;
}

// A block takes a picture: chosen = the label of positive anchors and of the max(⌊ratio · positives⌋, least) negative ones of
// the largest loss, the earlier of equal ones first; −1 elsewhere. The losses of negatives are not negative; ratio: the bits of
// a double, whose product must be exact.
KERNEL hard_negatives(const int *all_labels, const float *all_losses, i64 ratio, int least, int anchors, int *all_chosen) {
    const int *labels = all_labels + (i64)blockIdx.x * anchors;
    const float *losses = all_losses + (i64)blockIdx.x * anchors;
    int *chosen = all_chosen + (i64)blockIdx.x * anchors;
    int positives = 0;
    int negatives = 0;
    for (int i = threadIdx.x; i < anchors; i += blockDim.x) {
        positives += labels[i] > 0 ? 1 : 0;
        negatives += labels[i] == 0 ? 1 : 0;
    }
    positives = block_sum(positives);
    negatives = block_sum(negatives);
    union {
        i64 bits;
        double value;
    } factor{ratio};
    double product = factor.value * positives;
    double enough = product < least ? least : product;
    int wanted = enough < negatives ? (int)enough : negatives;
    int bound = 0x7fffffff; // above all losses
    int equal = -1;
    if (wanted > 0) {
        equal = wanted - 1;
        bound = loss_at(labels, losses, anchors, equal);
    }
    // each thread now has a run of anchors, so that those before it are known
    int each = (anchors + blockDim.x - 1) / blockDim.x;
    int from = min(anchors, (int)threadIdx.x * each);
    int to = min(anchors, from + each);
    int ties = 0;
    for (int i = from; i < to; i++) {
        ties += labels[i] == 0 && (int)__float_as_uint(losses[i]) == bound ? 1 : 0;
    }
    ties = count_before(ties);
    for (int i = from; i < to; i++) {
        int bits = (int)__float_as_uint(losses[i]);
        bool hard = labels[i] == 0 && (bits > bound || (bits == bound && ties++ <= equal));
        chosen[i] = labels[i] > 0 || hard ? labels[i] : -1;
    }
}
