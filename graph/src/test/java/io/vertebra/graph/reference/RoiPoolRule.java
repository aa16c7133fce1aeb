package io.vertebra.graph.reference;

import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;

/** The largest cell of each bin; the first of equal ones, row by row, gets the gradient, an empty bin is 0. */
final class RoiPoolRule implements Rule {
    private static final int NONE = -1;

    private final RoiPool op;
    private final Site site;
    private int[] winners;

    RoiPoolRule(RoiPool op, Site site) {
        this.op = op;
        this.site = site;
    }

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        double[] y = new double[(int) site.shape.elements()];
        winners = new int[y.length];
        Arrays.fill(winners, NONE);
        Shape from = site.xShape(0);
        for (int cell = 0; cell < y.length; cell++) {
            int bin = cell % Planes.area(site.shape);
            int channel = cell / Planes.area(site.shape) % from.c();
            int roi = cell / Planes.area(site.shape) / from.c();
            int picture = (int) site.x(1)[roi * 5];
            int plane = picture * from.c() + channel;
            int[] rows = range(roi, 2, bin / site.shape.w(), site.shape.h(), from.h());
            int[] columns = range(roi, 1, bin % site.shape.w(), site.shape.w(), from.w());
            for (int row = rows[0]; row < rows[1]; row++) {
                for (int column = columns[0]; column < columns[1]; column++) {
                    int at = (plane * from.h() + row) * from.w() + column;
                    if (winners[cell] == NONE || x[at] > y[cell]) {
                        y[cell] = x[at];
                        winners[cell] = at;
                    }
                }
            }
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int cell = 0; cell < dy.length; cell++) {
            if (winners[cell] != NONE) {
                dx[winners[cell]] += dy[cell];
            }
        }
    }

    /** The first cell of a bin along an axis and the one behind its last, inside the map. */
    private int[] range(int roi, int first, int bin, int bins, int cells) {
        int start = rounded(site.x(1)[roi * 5 + first]);
        int side = Math.max(rounded(site.x(1)[roi * 5 + first + 2]) - start + 1, 1);
        int from = start + bin * side / bins;
        int to = start - Math.floorDiv(-(bin + 1) * side, bins);
        return new int[] {Math.min(Math.max(from, 0), cells), Math.min(Math.max(to, 0), cells)};
    }

    /** Half away from zero. */
    private int rounded(double coordinate) {
        double scaled = coordinate * op.scale();
        return (int) (Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
}
