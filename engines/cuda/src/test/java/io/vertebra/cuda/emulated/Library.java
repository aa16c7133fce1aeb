package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * What a convolution or product takes, and how it is run.
 *
 * @param name of the operator
 * @param bytes of each tensor, the results last
 * @param numbers for the native side
 * @param product whether it is one, or a convolution
 * @param results how many it writes
 * @param inPlace the tensor that may lie where the result goes, or -1
 */
record Library(String name, List<Long> bytes, List<Integer> numbers, boolean product, int results, int inPlace) {

    static Library of(ConvolutionSpec v) {
        Geometry g = v.geometry();
        boolean weights = v.pass() == ConvolutionSpec.Pass.WEIGHTS;
        check(v.out() == (weights ? Type.F32 : v.in()), v + " has no such type of result");
        check(v.in() != Type.I32, v + " is not computed");
        check(v.c() % g.groups() == 0 && v.k() % g.groups() == 0, v + " does not divide into its groups");
        check(v.outH() == out(v.h() + g.top() + g.bottom(), v.r(), g.strideH(), g.dilationH()), v + " has other rows");
        check(
                v.outW() == out(v.w() + g.left() + g.right(), v.s(), g.strideW(), g.dilationW()),
                v + " has other columns");
        boolean forward = v.pass() == ConvolutionSpec.Pass.FORWARD;
        check(forward || v.epilogue().equals(ConvolutionSpec.Epilogue.NONE), v + " has an epilogue");
        long x = (long) v.n() * v.h() * v.w() * v.c() * v.in().bytes();
        long y = (long) v.n() * v.outH() * v.outW() * v.k() * v.in().bytes();
        long w = (long) v.k() * v.r() * v.s() * (v.c() / g.groups());
        List<Long> bytes = new ArrayList<>();
        switch (v.pass()) {
            case FORWARD -> {
                bytes.addAll(List.of(x, w * v.in().bytes()));
                if (v.epilogue().bias()) {
                    bytes.add((long) v.k() * Float.BYTES);
                }
                if (v.epilogue().addend()) {
                    bytes.add(y);
                }
                if (v.epilogue().keepsArgument()) {
                    bytes.add(y);
                }
                long cells = (long) v.n() * v.outH() * v.outW();
                bytes.add(((cells - 1) * v.pitch() + v.k()) * v.in().bytes());
            }
            case DATA -> bytes.addAll(List.of(y, w * v.in().bytes(), x));
            case WEIGHTS -> bytes.addAll(List.of(x, y, w * Float.BYTES));
        }
        List<Integer> numbers = List.of(
                pass(v.pass()),
                bit(v.in() == Type.BF16),
                bit(v.math() == MathMode.TF32),
                v.n(),
                v.c(),
                v.h(),
                v.w(),
                v.k(),
                v.r(),
                v.s(),
                v.outH(),
                v.outW(),
                g.strideH(),
                g.strideW(),
                g.top(),
                g.left(),
                g.dilationH(),
                g.dilationW(),
                g.groups(),
                bit(v.epilogue().bias()),
                bit(v.epilogue().addend()),
                bit(v.epilogue().keepsArgument()),
                Functions.number(v.epilogue().function()),
                v.pitch());
        boolean keeps = v.epilogue().keepsArgument();
        int inPlace = v.epilogue().addend() && !v.leavesGaps() && !keeps ? bytes.size() - 2 : -1;
        return new Library(v.name(), bytes, numbers, false, keeps ? 2 : 1, inPlace);
    }

    static Library of(ProductSpec v) {
        check(v.in() != Type.I32 && v.out() != Type.I32, v + " is not computed");
        check(v.in() == Type.BF16 || v.out() == Type.F32, v + " has no such type of result");
        List<Long> bytes = new ArrayList<>();
        bytes.add((long) v.m() * v.k() * v.in().bytes());
        bytes.add((long) v.k() * v.n() * v.in().bytes());
        if (v.bias()) {
            bytes.add((long) v.n() * Float.BYTES);
        }
        bytes.add((long) v.m() * v.n() * v.out().bytes());
        List<Integer> numbers = List.of(
                bit(v.in() == Type.BF16),
                bit(v.out() == Type.BF16),
                bit(v.math() == MathMode.TF32),
                v.m(),
                v.n(),
                v.k(),
                bit(v.transposeA()),
                bit(v.transposeB()),
                bit(v.bias()));
        return new Library(v.name(), bytes, numbers, true, 1, -1);
    }

    private static int out(int padded, int taps, int stride, int dilation) {
        return (padded - dilation * (taps - 1) - 1) / stride + 1;
    }

    private static int pass(ConvolutionSpec.Pass pass) {
        return switch (pass) {
            case FORWARD -> 0;
            case DATA -> 1;
            case WEIGHTS -> 2;
        };
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    private static void check(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }

    void run(long[] tensors) {
        int[] plain = numbers.stream().mapToInt(Integer::intValue).toArray();
        if (product) {
            Emulator.multiply(plain, tensors);
        } else {
            Emulator.convolve(plain, tensors);
        }
    }
}
