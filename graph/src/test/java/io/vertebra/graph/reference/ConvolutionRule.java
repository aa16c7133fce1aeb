package io.vertebra.graph.reference;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;

/** {@code y[n,o,i,j] = b[o] + Σ w[o,c,u,v] · x[n, c0+c, s·i − top + d·u, s·j − left + d·v]}. */
record ConvolutionRule(Convolution op, Site site) implements Rule {

    /**
     * A row of products that one weight takes part in: {@code y[to + j] ↔ w[tap] · x[from + j · stride]}. The loops for a
     * stride of 1 stand apart because Java's compiler vectorizes only those.
     */
    private interface Row {
        void at(int to, int tap, int from, int stride, int length);
    }

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] w = site.parameter("weight");
        double[] y = new double[(int) site.shape.elements()];
        if (op.bias()) {
            double[] b = site.parameter("bias");
            Planes.each(site.shape, (plane, channel, from, to) -> java.util.Arrays.fill(y, from, to, b[channel]));
        }
        walk((to, tap, from, stride, length) -> {
            double weight = w[tap];
            if (stride == 1) {
                for (int j = 0; j < length; j++) {
                    y[to + j] += weight * x[from + j];
                }
                return;
            }
            for (int j = 0; j < length; j++) {
                y[to + j] += weight * x[from + j * stride];
            }
        });
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] w = site.parameter("weight");
        double[] dw = site.parameterGradient("weight");
        if (op.bias()) {
            double[] db = site.parameterGradient("bias");
            Planes.each(site.shape, (plane, channel, from, to) -> db[channel] += Planes.sum(dy, from, to));
        }
        walk((to, tap, from, stride, length) -> {
            double weight = w[tap];
            if (stride == 1) {
                for (int j = 0; j < length; j++) {
                    dx[from + j] += weight * dy[to + j];
                }
            } else {
                for (int j = 0; j < length; j++) {
                    dx[from + j * stride] += weight * dy[to + j];
                }
            }
            double sum = 0;
            for (int j = 0; j < length; j++) {
                sum += x[from + j * stride] * dy[to + j];
            }
            dw[tap] += sum;
        });
    }

    private void walk(Row body) {
        Shape x = site.xShape(0);
        Shape y = site.shape;
        Size k = op.kernel();
        int height = x.h();
        int width = x.w();
        int rows = y.h();
        int columns = y.w();
        int stride = op.stride().width();
        Padding.Explicit p = op.padding().resolve(new Size(height, width), k, op.stride(), op.dilation());
        if (k.equals(Size.of(1)) && op.stride().equals(k) && y.h() == height && y.w() == width) {
            // each weight meets whole planes, which are as good as one long row
            columns = width *= height;
            rows = height = 1;
        }
        int channels = x.c() / op.groups();
        int outPerGroup = op.out() / op.groups();
        for (int plane = 0; plane < y.n() * op.out(); plane++) {
            int o = plane % op.out();
            int firstPlane = plane / op.out() * x.c() + o / outPerGroup * channels;
            for (int c = 0; c < channels; c++) {
                for (int u = 0; u < k.height(); u++) {
                    for (int i = 0; i < rows; i++) {
                        int row = op.stride().height() * i
                                - p.top()
                                + op.dilation().height() * u;
                        if (row < 0 || row >= height) {
                            continue;
                        }
                        int rowStart = ((firstPlane + c) * height + row) * width;
                        for (int v = 0; v < k.width(); v++) {
                            int shift = op.dilation().width() * v - p.left();
                            int first = Math.max(0, -Math.floorDiv(shift, stride));
                            int end = Math.min(columns, Math.floorDiv(width - 1 - shift, stride) + 1);
                            if (first < end) {
                                int tap = ((o * channels + c) * k.height() + u) * k.width() + v;
                                int to = (plane * rows + i) * columns + first;
                                body.at(to, tap, rowStart + first * stride + shift, stride, end - first);
                            }
                        }
                    }
                }
            }
        }
    }
}
