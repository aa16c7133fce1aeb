/**
 * The program: {@link io.vertebra.app.Main} runs commands and turns every failure into one line and an exit code.
 *
 * <p>Commands live in {@code command}, what a recipe consists of in {@code recipe}, reading of YAML in {@code config}. No computing belongs here.
 */
package io.vertebra.app;
