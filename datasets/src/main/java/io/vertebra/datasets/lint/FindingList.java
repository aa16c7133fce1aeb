package io.vertebra.datasets.lint;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.Finding.Severity;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Collects findings. Of each kind the first twenty are kept and the rest is counted, so that one habit of a tool does not bury the others; two
 * findings are of one kind if they differ in numbers and quoted names only.
 */
public final class FindingList {

    private static final int MOST_OF_A_KIND = 20;
    private static final int MOST_KINDS = 1000;
    private static final int LONGEST = 300;
    private static final Pattern VARYING = Pattern.compile("'[^']*'|[0-9][0-9.]*");

    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Map<String, Finding> examples = new LinkedHashMap<>();

    /** The faults of one file, kept here. */
    public Faults in(String file) {
        return new Faults() {
            @Override
            public void error(String position, String reason) {
                add(new Finding(Severity.ERROR, file, position, shortened(reason)));
            }

            @Override
            public void warning(String position, String reason) {
                add(new Finding(Severity.WARNING, file, position, shortened(reason)));
            }
        };
    }

    /** Does something with a file; what it throws because of the file becomes a finding. */
    public void guarded(String file, Runnable work) {
        try {
            work.run();
        } catch (DatasetException e) {
            add(new Finding(Severity.ERROR, e.file(), e.position(), shortened(e.reason())));
        } catch (UncheckedIOException e) {
            add(new Finding(Severity.ERROR, file, "", "cannot be read"));
        }
    }

    private void add(Finding finding) {
        String kind = finding.severity() + VARYING.matcher(finding.reason()).replaceAll("#");
        if (counts.size() >= MOST_KINDS && !counts.containsKey(kind)) {
            kind = finding.severity() + " of some other kind";
        }
        if (counts.merge(kind, 1, Integer::sum) <= MOST_OF_A_KIND) {
            findings.add(finding);
        }
        examples.putIfAbsent(kind, finding);
    }

    /** What was found, in that order, and then how many more there were of a kind. */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>(findings);
        counts.forEach((kind, count) -> {
            if (count > MOST_OF_A_KIND) {
                Finding example = examples.get(kind);
                all.add(new Finding(
                        example.severity(),
                        example.file(),
                        example.position(),
                        "%s; and %d more like this than are listed"
                                .formatted(example.reason(), count - MOST_OF_A_KIND)));
            }
        });
        return all;
    }

    private static String shortened(String reason) {
        String line = reason.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
