/**
 * From the bytes of a picture file to an upright 8-bit RGB raster, and the lint that says what is wrong with such files.
 *
 * <p>Start at {@link io.vertebra.datasets.decode.ImageDecoder}. A file's structure is checked here in Java before a native decoder sees
 * it: that gives errors with reasons, bounds memory and keeps native libraries from printing. Data set layouts must not come here.
 */
package io.vertebra.datasets.decode;
