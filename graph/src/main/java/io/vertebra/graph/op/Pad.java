package io.vertebra.graph.op;

import java.util.List;

/**
 * Zeros put around a map or before and behind its channels.
 *
 * <p>x (N, C, H, W) → (N, before + C + behind, top + H + bottom, left + W + right). The parameter-free shortcut of the
 * CIFAR ResNets (arXiv:1512.03385, section 4.2, option A) widens by it.
 *
 * @param before channels of zeros before the first
 * @param behind channels of zeros behind the last
 * @param space rows and columns of zeros
 */
public record Pad(int before, int behind, Padding.Explicit space) implements Op {

    /** Checks the attributes. */
    public Pad {
        Check.atLeast(0, "before", before);
        Check.atLeast(0, "behind", behind);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        int h = x.h() == Shape.ANY ? Shape.ANY : x.h() + space.top() + space.bottom();
        int w = x.w() == Shape.ANY ? Shape.ANY : x.w() + space.left() + space.right();
        return Shape.of(x.n(), before + x.c() + behind, h, w);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.pad(this);
    }
}
