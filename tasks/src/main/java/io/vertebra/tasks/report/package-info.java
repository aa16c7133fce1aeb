/**
 * The page of a run: one HTML file with curves, tables and pictures inside it.
 *
 * <p>Start with {@link io.vertebra.tasks.report.Report}; the template is {@code src/main/jte/report.jte}. Tasks hand in
 * {@link io.vertebra.tasks.report.Part}s; nothing here knows what they mean.
 */
package io.vertebra.tasks.report;
