// Online hard example mining: of the losses of all positions, those above a bound that depends on a rank.
//
// The loss of a rank is found digit by digit, four bits at a time from the highest: the bits of floats that are not negative
// are in the order of the floats. Each of the eight rounds counts the digits of the losses whose higher digits are known to be
// those of the result (hardest_count), then picks the next digit (hardest_digit). Counts are integers: any order of adding
// them gives the same. A position that does not count has the loss −1.
#include "common.cuh"

// What is known after a round is kept in two numbers.
enum Search {
    BITS, // of the loss that is looked for, as far as they are known
    RANK  // among the losses that begin with these bits, the largest first
};

// partial[block, digit] = how many losses that begin like search[BITS] go on with that digit; shift: bits behind it.
KERNEL hardest_count(const float *losses, int n, const int *search, int shift, int *partial) {
    __shared__ int counts[16][32];
    bool first = shift == 28;
    int known = first ? 0 : search[BITS] >> (shift + 4);
    int own[16] = {0};
    for (i64 i = thread_index(); i < n; i += (i64)gridDim.x * blockDim.x) {
        int bits = (int)__float_as_uint(losses[i]);
        bool counts_in = bits >= 0 && (first || bits >> (shift + 4) == known);
        int digit = counts_in ? (bits >> shift) & 15 : -1;
        for (int d = 0; d < 16; d++) {
            own[d] += digit == d ? 1 : 0;
        }
    }
    int warps = blockDim.x / 32;
    for (int d = 0; d < 16; d++) {
        int sum = warp_sum(own[d]);
        if (threadIdx.x % 32 == 0) {
            counts[d][threadIdx.x / 32] = sum;
        }
    }
    __syncthreads();
    if (threadIdx.x < 16) {
        int sum = 0;
        for (int i = 0; i < warps; i++) {
            sum += counts[threadIdx.x][i];
        }
        partial[blockIdx.x * 16 + threadIdx.x] = sum;
    }
}

// The next digit of the loss at the rank: in the first round min(kept, losses − 1), counted from the largest. One block of 256.
KERNEL hardest_digit(const int *partial, int blocks, i64 kept, int shift, int *search) {
    __shared__ int counts[16][16];
    int sum = 0;
    for (int i = threadIdx.x / 16; i < blocks; i += 16) {
        sum += partial[i * 16 + threadIdx.x % 16];
    }
    counts[threadIdx.x % 16][threadIdx.x / 16] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        int totals[16];
        i64 all = 0;
        for (int d = 0; d < 16; d++) {
            totals[d] = 0;
            for (int i = 0; i < 16; i++) {
                totals[d] += counts[d][i];
            }
            all += totals[d];
        }
        bool first = shift == 28;
        i64 rank = !first ? search[RANK] : kept < all - 1 ? kept : all - 1;
        int digit = 15;
        while (digit > 0 && totals[digit] <= rank) {
            rank -= totals[digit--];
        }
        search[BITS] = (first ? 0 : search[BITS]) | digit << shift;
        search[RANK] = (int)rank;
    }
}

// chosen = the label where the loss is above the bound, min(limit, the loss that was found); else the one to ignore.
KERNEL hardest_choose(
    const float *losses, const int *labels, const int *search, float limit, int ignore, int n, int *chosen) {
    i64 i = thread_index();
    if (i < n) {
        float ranked = __uint_as_float((u32)search[BITS]);
        float bound = ranked < limit ? ranked : limit;
        chosen[i] = losses[i] <= bound ? ignore : labels[i]; // NaN counts
    }
}
