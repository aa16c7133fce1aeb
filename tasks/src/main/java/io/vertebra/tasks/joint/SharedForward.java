package io.vertebra.tasks.joint;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.tasks.Forward;

/** A network that remembers its last answer, for problems that ask it the same one after the other. */
final class SharedForward implements Forward {
    private final Forward network;
    private Tensor.Floats asked;
    private Outputs answer;

    SharedForward(Forward network) {
        this.network = network;
    }

    @Override
    public Outputs run(Tensor.Floats pictures) {
        boolean isSame = asked != null
                && asked.data() == pictures.data()
                && asked.shape().equals(pictures.shape());
        if (!isSame) {
            answer = network.run(pictures);
            asked = pictures;
        }
        return answer;
    }
}
