package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Group norm: tensors x, scale, shift, y, statistics (N, G, 2): mean and 1/√(σ² + ε) of each group. Backwards: tensors x,
 * scale, statistics, gradient of y, gradients of scale and shift, and gradient of x unless nothing wants it.
 *
 * <p>With x̂ = (x − μ) · r and g the gradient of y: the gradient of x is {@code r · (γ·g − mean(γ·g) − x̂ · mean(γ·g·x̂))}
 * with means over a group, so a channel's is {@code a·g + b·x + c} with three numbers.
 */
public final class GroupNormKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::image;
    private final Grid grid;
    private final Planes planes;
    private final int groups;
    private final boolean half;
    private final double epsilon;
    private final boolean backward;
    private final Member[] members;
    private final float[] ones;
    private final double[][] toScales;
    private final double[][] toShifts;
    private Cells x;
    private Cells y;
    private Cells toX;
    private ByteBuffer scale;
    private ByteBuffer shift;
    private ByteBuffer statistics;
    private ByteBuffer toScale;
    private ByteBuffer toShift;

    /** {@code grid} of x and of y. */
    public GroupNormKernel(Grid grid, int groups, boolean half, double epsilon, boolean backward) {
        this.grid = grid;
        this.planes = new Planes(grid);
        this.groups = groups;
        this.half = half;
        this.epsilon = epsilon;
        this.backward = backward;
        this.members = new Member[team.size()];
        Arrays.setAll(members, i -> new Member());
        this.ones = new float[planes.run()];
        Arrays.fill(ones, 1);
        this.toScales = new double[backward ? grid.n() : 0][grid.c()];
        this.toShifts = new double[backward ? grid.n() : 0][grid.c()];
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        x = new Cells(tensors[0], half);
        scale = tensors[1];
        if (backward) {
            statistics = tensors[2];
            y = new Cells(tensors[3], half);
            toScale = tensors[4];
            toShift = tensors[5];
            toX = tensors.length > 6 ? new Cells(tensors[6], half) : null;
        } else {
            shift = tensors[2];
            y = new Cells(tensors[3], half);
            statistics = tensors[4];
        }
    }

    @Override
    public void run() {
        team.run(grid.n(), task);
        for (int c = 0; backward && c < grid.c(); c++) { // in the order of the images, whoever did them
            double ofScale = 0;
            double ofShift = 0;
            for (int n = 0; n < grid.n(); n++) {
                ofScale += toScales[n][c];
                ofShift += toShifts[n][c];
            }
            toScale.putFloat(c * Float.BYTES, (float) ofScale);
            toShift.putFloat(c * Float.BYTES, (float) ofShift);
        }
    }

    private void image(int n, int member) {
        if (backward) {
            members[member].differentiate(n);
        } else {
            members[member].normalize(n);
        }
    }

    private double elements() {
        return (double) grid.c() / groups * planes.cells();
    }

    private float mean(int n, int g) {
        return statistics.getFloat((n * groups + g) * 2 * Float.BYTES);
    }

    private float inverse(int n, int g) {
        return statistics.getFloat(((n * groups + g) * 2 + 1) * Float.BYTES);
    }

    private int group(int channel) {
        return channel / (grid.c() / groups);
    }

    private float parameter(ByteBuffer values, int channel) {
        return values.getFloat(channel * Float.BYTES);
    }

    /** One of the team with what it needs for itself. */
    private final class Member {
        private final float[] data = new float[planes.length()];
        private final float[] gradient = backward ? new float[planes.length()] : data;
        private final float[] factors = new float[planes.channels()];
        private final float[] addends = new float[planes.channels()];
        private final float[] ofGradient = new float[planes.channels()];
        private final float[] ofData = new float[planes.channels()];
        private final float[] constants = new float[planes.channels()];
        private final float[] sums = new float[planes.run()];
        private final double[] means = new double[groups];
        private final double[] variances = new double[groups];
        private final double[] meansOfProducts = new double[groups];
        private final double[] ofChannel = new double[planes.channels()];
        private final double[] productsOfChannel = new double[planes.channels()];

        private void normalize(int n) {
            meansOfGroups(sumsOfChannels(n, false), means);
            for (int c = 0; c < grid.c(); c++) { // x − μ
                factors[c] = 1;
                addends[c] = (float) -means[group(c)];
            }
            meansOfGroups(sumsOfChannels(n, true), variances);
            for (int g = 0; g < groups; g++) {
                int at = (n * groups + g) * 2 * Float.BYTES;
                statistics.putFloat(at, (float) means[g]);
                statistics.putFloat(at + Float.BYTES, (float) (1 / Math.sqrt(variances[g] + epsilon)));
            }
            for (int c = 0; c < grid.c(); c++) {
                factors[c] = parameter(scale, c) * inverse(n, group(c));
                addends[c] = parameter(shift, c) - factors[c] * mean(n, group(c));
            }
            for (int c = 0; c < planes.channels(); c += planes.run()) {
                for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
                    int count = planes.count(cell);
                    x.read(planes.at(n, c, cell), data, 0, count * planes.run());
                    math.affine(data, 0, count, planes.run(), factors, addends, c, data);
                    y.write(planes.at(n, c, cell), data, 0, count * planes.run());
                }
            }
        }

        /** Sums over the cells of each channel: of x, or of the squares of {@code factor · x + addend}. */
        private double[] sumsOfChannels(int n, boolean squares) {
            int run = planes.run();
            Arrays.fill(ofChannel, 0);
            for (int c = 0; c < planes.channels(); c += run) {
                for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
                    int count = planes.count(cell);
                    x.read(planes.at(n, c, cell), data, 0, count * run);
                    if (squares) {
                        math.affine(data, 0, count, run, factors, addends, c, data);
                    }
                    add(squares ? data : ones, squares ? run : 0, data, count, ofChannel, c);
                }
            }
            return ofChannel;
        }

        /** Adds sums of products, over a chunk, to those of a plane's channels. */
        private void add(float[] a, int step, float[] b, int count, double[] target, int c) {
            Arrays.fill(sums, 0);
            math.dot(a, 0, step, b, 0, count, planes.run(), sums, 0);
            for (int l = 0; l < planes.run(); l++) {
                target[c + l] += sums[l];
            }
        }

        private void meansOfGroups(double[] ofChannels, double[] means) {
            Arrays.fill(means, 0);
            for (int c = 0; c < grid.c(); c++) {
                means[group(c)] += ofChannels[c] / elements();
            }
        }

        private void differentiate(int n) {
            for (int c = 0; c < grid.c(); c++) { // x̂ = factor · x + addend
                factors[c] = inverse(n, group(c));
                addends[c] = -mean(n, group(c)) * factors[c];
            }
            sumsOfGradients(n);
            for (int c = 0; c < grid.c(); c++) {
                toScales[n][c] = productsOfChannel[c];
                toShifts[n][c] = ofChannel[c];
                productsOfChannel[c] *= parameter(scale, c);
                ofChannel[c] *= parameter(scale, c);
            }
            if (toX == null) {
                return;
            }
            meansOfGroups(ofChannel, means);
            meansOfGroups(productsOfChannel, meansOfProducts);
            for (int c = 0; c < grid.c(); c++) {
                float r = inverse(n, group(c));
                ofGradient[c] = r * parameter(scale, c);
                ofData[c] = (float) (-r * meansOfProducts[group(c)]);
                constants[c] = (float) (-r * means[group(c)]);
            }
            int run = planes.run();
            for (int c = 0; c < planes.channels(); c += run) {
                for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
                    int count = read(n, c, cell);
                    math.affine(data, 0, count, run, ofData, constants, c, data);
                    math.addScaled(gradient, 0, ofGradient, c, count, run, data, 0);
                    toX.write(planes.at(n, c, cell), data, 0, count * run);
                }
            }
        }

        /** Of each channel: the sum of the gradient, and that of the gradient times x̂. */
        private void sumsOfGradients(int n) {
            Arrays.fill(ofChannel, 0);
            Arrays.fill(productsOfChannel, 0);
            for (int c = 0; c < planes.channels(); c += planes.run()) {
                for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
                    int count = read(n, c, cell);
                    add(ones, 0, gradient, count, ofChannel, c);
                    add(data, planes.run(), gradient, count, productsOfChannel, c);
                }
            }
        }

        /** A chunk of x̂ and of the gradient. */
        private int read(int n, int c, int cell) {
            int count = planes.count(cell);
            int length = count * planes.run();
            x.read(planes.at(n, c, cell), data, 0, length);
            math.affine(data, 0, count, planes.run(), factors, addends, c, data);
            y.read(planes.at(n, c, cell), gradient, 0, length);
            return count;
        }
    }
}
