package io.vertebra.cuda.driver;

import java.util.Optional;

/** The card that plans are made for: one that is here, or one that is only described. */
interface PlanTarget {

    /** Completes a graph of operations. */
    void describeGraph(Descriptor graph);

    /** Completes a question for engines. */
    void describeQuestion(Descriptor question);

    /** Completes a plan. */
    void describePlan(Descriptor plan);

    /** The card and the libraries, as far as compiled code hangs on them. */
    String description();

    /** Where compiled engines are kept between starts, if anywhere. */
    Optional<CodeCache> cache();
}
