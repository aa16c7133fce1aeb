package io.vertebra.tasks.evaluation;

import io.vertebra.tasks.Scores;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param metrics the figures by name
 * @param samples how many samples they rest on
 * @param seconds how long it took
 * @param scores the whole account
 */
public record Evaluation(Map<String, Double> metrics, long samples, double seconds, Scores scores) {}
