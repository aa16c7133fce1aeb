/**
 * Readers: how pictures and classes lie on a disk, or come out of a generator.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.FolderFormat}. A format is one file with its config record and one line in
 * {@code DatasetsModule}; decoding of single pictures belongs to {@code decode}, changes to pictures to {@code transforms}.
 */
package io.vertebra.datasets.formats;
