package io.vertebra.dl4j.network;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.Shape;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** What joins values and changes their shapes. */
final class Maps {
    private Maps() {}

    /** Of a value with itself the second is another vertex: DL4J names inputs. */
    static String both(Place place, ElementWiseVertex.Op op) {
        return place.result(new ElementWiseVertex(op), distinct(place));
    }

    static String scaledAdd(Place place, ScaledAdd op) {
        if (op.factor() == -1) {
            return both(place, ElementWiseVertex.Op.Subtract);
        }
        String scaled = place.step(
                "scaled", new ScaleVertex(op.factor()), place.inputs().get(1));
        return place.result(new ElementWiseVertex(ElementWiseVertex.Op.Add), place.x(), scaled);
    }

    static String concat(Place place) {
        return place.inputs().size() == 1 ? place.x() : place.result(new MergeVertex(), distinct(place));
    }

    private static String[] distinct(Place place) {
        String[] names = new String[place.inputs().size()];
        for (int i = 0; i < names.length; i++) {
            String input = place.inputs().get(i);
            boolean isAgain = place.inputs().indexOf(input) < i;
            names[i] = isAgain ? place.step("again", new ScaleVertex(1), input) : input;
        }
        return names;
    }

    static String flatten(Place place) {
        if (place.in().rank() == 2) {
            return place.x();
        }
        Shape x = place.sized();
        if (x.rank() == 3) {
            int[] row = {-1, Math.multiplyExact(x.get(1), x.get(2))};
            return place.result(new ReshapeVertex('c', row, null), place.x());
        }
        CnnToFeedForwardPreProcessor rows = new CnnToFeedForwardPreProcessor(x.h(), x.w(), x.c());
        return place.result(new PreprocessorVertex(rows), place.x());
    }

    static String resize(Place place, Resize op) {
        Shape x = place.sized();
        return place.result(
                new GridLayer(
                        Axis.resized(op, x.h(), place.shape().h()),
                        Axis.resized(op, x.w(), place.shape().w())),
                place.x());
    }
}
