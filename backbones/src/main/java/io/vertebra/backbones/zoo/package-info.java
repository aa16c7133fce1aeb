/**
 * What is published of the models, and how their weights come onto this machine.
 *
 * <p>Start with {@link io.vertebra.backbones.zoo.Zoo}, whose facts are YAML files in the resource folder {@code zoo/} that {@code
 * tools/goldens/backbones_zoo.py} makes; {@link io.vertebra.backbones.zoo.WeightStore} keeps and downloads the files. What is in
 * a weight file is the business of {@code backbones.weights}; the environment is read by the program, never here.
 */
package io.vertebra.backbones.zoo;
