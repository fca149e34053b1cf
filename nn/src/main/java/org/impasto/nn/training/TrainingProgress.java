package org.impasto.nn.training;

import java.time.Duration;
import java.util.Map;

/**
 * How far a training has come.
 *
 * @param step steps that are done, 1 after the first
 * @param steps steps in all
 * @param loss of the last step's batch, before its update
 * @param metrics of the last step, by name
 * @param learningRate of the last step
 * @param timeLeft what the rest will take at the pace of this process
 */
public record TrainingProgress(
        long step, long steps, double loss, Map<String, Double> metrics, double learningRate, Duration timeLeft) {}
