/**
 * What a recipe consists of: the sections of the YAML as records, and how they become data sets, models and runs.
 *
 * <p>Start with {@link io.vertebra.app.recipe.Recipe}. Sections of a module's own things (formats, backbones, optimizers) are records of that module.
 */
package io.vertebra.app.recipe;
