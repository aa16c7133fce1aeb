package io.vertebra.graph.reference;

/** A rule by which the output takes shares of cells of the first input; the gradient goes back by the same shares. */
interface ShareRule extends Rule {

    /** A cell of y, one of x, and how much of it the first takes. */
    interface Cell {
        void at(int to, int from, double share);
    }

    Site site();

    /** Goes through all shares. */
    void each(Cell body);

    @Override
    default double[] forward() {
        double[] x = site().x(0);
        double[] y = new double[(int) site().shape.elements()];
        each((to, from, share) -> y[to] += share * x[from]);
        return y;
    }

    @Override
    default void backward(double[] dy) {
        double[] dx = site().dx(0);
        each((to, from, share) -> dx[from] += share * dy[to]);
    }
}
