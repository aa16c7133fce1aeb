package io.vertebra.graph.pass;

import io.vertebra.graph.plan.Storage;
import java.util.List;

/**
 * Lets results take the memory of a source that is not needed afterwards.
 *
 * <pre>
 * a → relu → b, a unused later      becomes      b in the memory of a
 * </pre>
 */
public final class InPlace {
    private InPlace() {}

    /**
     * A call that can work in place.
     *
     * @param call its number
     * @param result storage that it writes first
     * @param source storage that it reads
     */
    public record Candidate(int call, Storage result, Storage source) {}

    /** Joins storages; the candidates come in the order of their calls. */
    public static void apply(List<Candidate> candidates) {
        for (Candidate c : candidates) {
            boolean dies = c.source().last() == c.call();
            boolean born = c.result().first() == c.call();
            boolean distinct = c.result().root() != c.source().root();
            if (dies && born && distinct && c.result().bytes() <= c.source().bytes()) {
                c.result().join(c.source());
            }
        }
    }
}
