package io.vertebra.cuda.driver;

/**
 * Which of cuDNN's answers was taken, so that it can be asked for again on another device of the same card.
 *
 * @param form of the graph that was asked about
 * @param mode of the question
 * @param index of the answer
 */
record PlanChoice(PlanForm form, int mode, int index) {}
