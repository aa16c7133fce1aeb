package io.vertebra.cuda.emit;

/** Memory outside a plan's arena: a parameter, a gradient, a copy of a weight. */
public interface Place {

    /** Where it is now; asked each time a plan is bound. */
    long address();
}
