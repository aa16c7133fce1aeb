package io.vertebra.cuda.device;

/**
 * A product of row-major matrices: {@code C (m, n) = A (m, k) · B (k, n) + bias (n)}.
 *
 * <p>Tensors in the order of {@link Prepared#bind}: A, B, bias if there is one, C.
 *
 * @param name of the operator, for messages
 * @param in type of A and B
 * @param out type of C; the bias is F32
 * @param math how F32 is multiplied
 * @param m rows of C
 * @param n columns of C
 * @param k length of the sums
 * @param transposeA whether A lies in memory as (k, m)
 * @param transposeB whether B lies in memory as (n, k)
 * @param bias whether a row is added to each row of C
 */
public record ProductSpec(
        String name,
        Type in,
        Type out,
        MathMode math,
        int m,
        int n,
        int k,
        boolean transposeA,
        boolean transposeB,
        boolean bias) {}
