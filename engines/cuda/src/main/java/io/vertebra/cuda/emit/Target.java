package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;

/**
 * What a session lowers for, the same for all its plans.
 *
 * @param device that runs the plans
 * @param copies that bring arrays to where they are uploaded from, and back
 * @param compute type of values
 * @param math how F32 is multiplied
 * @param movesStatistics whether norms move their running statistics in training form
 */
public record Target(Device device, HostCopies copies, Type compute, MathMode math, boolean movesStatistics) {}
