/**
 * Reads YAML into records: {@link io.vertebra.app.config.YamlReader} composes, {@link io.vertebra.app.config.Merger} merges
 * {@code extends} and {@code --set}, {@link io.vertebra.app.config.RecordBinder} binds.
 *
 * <p>Start with {@link io.vertebra.app.config.ConfigNode}. What a recipe consists of does not belong here but in {@code io.vertebra.app.recipe}.
 */
package io.vertebra.app.config;
