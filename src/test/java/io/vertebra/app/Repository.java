package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the project. */
final class Repository {
    static final Path ROOT = Path.of("..");

    /** What builds and git leave: other processes may be at work there. */
    private static final Set<String> MADE = Set.of("target", ".git");

    private Repository() {}

    /** All whose path from the root, with slashes, matches a pattern, in order; there must be some. */
    static List<Path> files(String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean isMade = MADE.contains(folder.getFileName().toString()) || folder.equals(ROOT.resolve("runs"));
                return isMade ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (ROOT.relativize(file).toString().replace('\\', '/').matches(pattern)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(found).as("files like %s", pattern).isNotEmpty();
        found.sort(null);
        return found;
    }
}
