/**
 * The commands, one file each: they read options, call the library, and print results.
 *
 * <p>A command holds no knowledge of models or data; what two of them share stands in a mixin beside them. Failures are thrown, not printed.
 */
package io.vertebra.app.command;
