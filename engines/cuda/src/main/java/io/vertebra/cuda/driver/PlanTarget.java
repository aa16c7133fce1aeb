package io.vertebra.cuda.driver;

/** The card that plans are made for: one that is here, or one that is only described. */
interface PlanTarget {

    /** Completes a graph of operations. */
    void describeGraph(Descriptor graph);

    /** Completes a question for engines. */
    void describeQuestion(Descriptor question);

    /** Completes a plan. */
    void describePlan(Descriptor plan);
}
