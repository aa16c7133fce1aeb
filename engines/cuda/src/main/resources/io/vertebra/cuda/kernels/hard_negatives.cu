// The class loss of SSD counts all positive anchors of a picture and the hardest of its negative ones.
#include "common.cuh"

// How many negative anchors have a loss of at least these bits: those of floats that are not negative are in the order of the
// floats.
__device__ inline int negatives_from(const int *labels, const float *losses, int anchors, int bits) {
    int count = 0;
    for (int i = threadIdx.x; i < anchors; i += blockDim.x) {
        count += labels[i] == 0 && (int)__float_as_uint(losses[i]) >= bits ? 1 : 0;
    }
    return block_sum(count);
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
    // the largest bound that enough negatives reach, bit by bit
    int bound = 0;
    for (int bit = 1 << 30; wanted > 0 && bit > 0; bit >>= 1) {
        bound += negatives_from(labels, losses, anchors, bound + bit) >= wanted ? bit : 0;
    }
    int equal = wanted > 0 ? wanted - negatives_from(labels, losses, anchors, bound + 1) : 0;
    // each thread now has a run of anchors, so that those before it are known
    int each = (anchors + blockDim.x - 1) / blockDim.x;
    int from = min(anchors, (int)threadIdx.x * each);
    int to = min(anchors, from + each);
    int ties = 0;
    for (int i = from; i < to; i++) {
        ties += labels[i] == 0 && (int)__float_as_uint(losses[i]) == bound ? 1 : 0;
    }
    ties = count_before(ties).before;
    for (int i = from; i < to; i++) {
        int bits = (int)__float_as_uint(losses[i]);
        bool hard = wanted > 0 && labels[i] == 0 && (bits > bound || (bits == bound && ties++ < equal));
        chosen[i] = labels[i] > 0 || hard ? labels[i] : -1;
    }
}
