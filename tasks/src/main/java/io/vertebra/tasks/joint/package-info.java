/**
 * Several heads on one backbone, each with its own task: one graph, one sum of losses.
 *
 * <p>Start with {@link io.vertebra.tasks.joint.JointTask}. Nothing here knows what the tasks are.
 */
package io.vertebra.tasks.joint;
