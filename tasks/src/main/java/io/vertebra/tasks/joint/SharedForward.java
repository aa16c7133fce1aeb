package io.vertebra.tasks.joint;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.feeding.Feed;
import java.util.Map;

/**
 * A network that remembers its last answer, for problems that ask it the same one after the other. Who asks with the pictures of
 * the batch gets the answer to all inputs of it, so that one pass is enough for those that want more than pictures.
 */
final class SharedForward implements Forward {
    private final Forward network;
    private final Map<String, Tensor> batch;
    private Map<String, Tensor> asked;
    private Outputs answer;

    /** @param batch what all problems together ask with */
    SharedForward(Forward network, Map<String, Tensor> batch) {
        this.network = network;
        this.batch = batch;
    }

    @Override
    public Outputs run(Map<String, Tensor> inputs) {
        if (asked == null || !Feed.areSame(asked, inputs)) {
            answer = network.run(Feed.areSame(batch, inputs) ? batch : inputs);
            asked = inputs;
        }
        return answer;
    }
}
