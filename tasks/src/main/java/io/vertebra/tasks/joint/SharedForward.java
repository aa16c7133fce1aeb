package io.vertebra.tasks.joint;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.feeding.Feed;

/** A network that remembers its last answer, for problems that ask it the same one after the other. */
final class SharedForward implements Forward {
    private final Forward network;
    private Tensor asked;
    private Outputs answer;

    SharedForward(Forward network) {
        this.network = network;
    }

    @Override
    public Outputs run(Tensor pictures) {
        if (asked == null || !Feed.isSame(asked, pictures)) {
            answer = network.run(pictures);
            asked = pictures;
        }
        return answer;
    }
}
