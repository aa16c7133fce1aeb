package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeCacheTest {
    private static final long ROOM = 1 << 20;
    private static final byte[] CODE = {1, 2, 3, 4, 5};

    @TempDir
    Path home;

    private Path folder;
    private CodeCache cache;

    /** Skips what needs files that have owners. */
    static void requireOwners() {
        assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
                        && Files.exists(Path.of("/proc/self")),
                "the owner of files is asked as Linux tells it");
    }

    @BeforeEach
    void makeCache() {
        requireOwners();
        folder = home.resolve("caches/vertebra/cuda");
        cache = new CodeCache(folder, ROOM);
    }

    private static byte[] key(int number) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) number);
        return key;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private static void allow(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void keepsCodeUnderItsKey() throws IOException {
        assertThat(cache.find(key(1))).isEmpty();
        cache.keep(key(1), CODE);
        cache.keep(key(2), new byte[] {9});
        assertThat(new CodeCache(folder, ROOM).find(key(1))).contains(CODE);
        assertThat(cache.find(key(2))).contains(new byte[] {9});
        assertThat(cache.find(key(3))).isEmpty();
        assertThat(files()).hasSize(2).allSatisfy(file -> {
            assertThat(file.getFileName().toString()).matches("[0-9a-f]{64}\\.kernels");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    /** Each byte of a file, one after the other. */
    @Test
    void ignoresDamagedFiles() throws IOException {
        cache.keep(key(1), CODE);
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Files.write(file, damaged);
            assertThat(cache.find(key(1))).as("byte %d", i).isEmpty();
        }
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(cache.find(key(1))).as("%d bytes", length).isEmpty();
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThat(cache.find(key(1))).isEmpty();
        cache.keep(key(1), CODE);
        assertThat(cache.find(key(1))).contains(CODE);
    }

    @Test
    void ignoresCodeThatWasKeptUnderAnotherKey() throws IOException {
        cache.keep(key(1), CODE);
        Path file = onlyFile();
        Files.move(file, folder.resolve(file.getFileName().toString().replace("01", "02")));
        assertThat(cache.find(key(2))).isEmpty();
    }

    @Test
    void ignoresFilesThatAreTooLarge() throws IOException {
        byte[] code = new byte[32 << 20];
        cache.keep(key(1), code);
        assertThat(files()).isEmpty();
        byte[] largest = Arrays.copyOf(code, code.length - 72);
        CodeCache wide = new CodeCache(folder, Long.MAX_VALUE);
        wide.keep(key(1), largest);
        assertThat(wide.find(key(1))).contains(largest);
        Files.write(onlyFile(), new byte[1], java.nio.file.StandardOpenOption.APPEND);
        assertThat(wide.find(key(1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-rw-"})
    void doesNotTrustFilesThatOthersMayWrite(String permissions) throws IOException {
        cache.keep(key(1), CODE);
        allow(onlyFile(), permissions);
        assertThat(cache.find(key(1))).isEmpty();
        allow(onlyFile(), "rw-r--r--");
        assertThat(cache.find(key(1))).contains(CODE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx-w----", "rwx----w-", "rwxrwxrwx"})
    void doesNotTrustFoldersThatOthersMayWrite(String permissions) throws IOException {
        cache.keep(key(1), CODE);
        allow(folder, permissions);
        assertThat(cache.find(key(1))).isEmpty();
        cache.keep(key(2), CODE);
        assertThat(files()).hasSize(1);
        allow(folder, "rwxr-xr-x");
        assertThat(cache.find(key(1))).contains(CODE);
    }

    @Test
    void doesNotTrustFilesOfOthers() throws IOException {
        cache.keep(key(1), CODE);
        give(onlyFile());
        assertThat(cache.find(key(1))).isEmpty();
    }

    @Test
    void doesNotTrustFoldersOfOthers() throws IOException {
        cache.keep(key(1), CODE);
        give(folder);
        assertThat(cache.find(key(1))).isEmpty();
    }

    /** To another user, which root alone may do. */
    private static void give(Path path) throws IOException {
        boolean isRoot = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        assumeTrue(isRoot, "only root may give files away");
        Files.setAttribute(path, "unix:uid", 65534);
    }

    @Test
    void followsNoLinks() throws IOException {
        cache.keep(key(1), CODE);
        Path elsewhere = Files.move(onlyFile(), home.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("01".repeat(32) + ".kernels"), elsewhere);
        assertThat(cache.find(key(1))).isEmpty();
        cache.keep(key(1), CODE);
        assertThat(cache.find(key(1))).contains(CODE); // in place of the link
        Path link = Files.createSymbolicLink(home.resolve("link"), folder);
        CodeCache linked = new CodeCache(link, ROOM);
        assertThat(linked.find(key(1))).isEmpty();
        linked.keep(key(2), CODE);
        assertThat(files()).hasSize(1);
    }

    @Test
    void doesWithoutAFolderThatCannotBe() throws IOException {
        Files.createDirectories(folder.getParent().getParent());
        Files.createFile(folder.getParent());
        cache.keep(key(1), CODE);
        assertThat(cache.find(key(1))).isEmpty();
        assertThat(folder.getParent()).isEmptyFile();
    }

    @Test
    void readsFoldersThatItMayNotWrite() throws IOException {
        cache.keep(key(1), CODE);
        allow(folder, "r-x------");
        try {
            assertThat(cache.find(key(1))).contains(CODE);
            cache.keep(key(1), CODE); // root may, others may not: neither fails
            assertThat(cache.find(key(1))).contains(CODE);
        } finally {
            allow(folder, "rwx------");
        }
    }

    @Test
    void dropsWhatWasNotUsedForLongest() throws IOException {
        CodeCache small = new CodeCache(folder, 3 * (72 + 5));
        for (int i = 1; i <= 3; i++) {
            small.keep(key(i), CODE);
            Files.setLastModifiedTime(
                    folder.resolve("%02x".formatted(i).repeat(32) + ".kernels"), FileTime.fromMillis(1000L * i));
        }
        assertThat(small.find(key(1))).contains(CODE); // so that the second is the oldest
        Path other = Files.createFile(folder.resolve("other"));
        Files.setLastModifiedTime(other, FileTime.fromMillis(0));
        small.keep(key(4), CODE);
        assertThat(small.find(key(2))).isEmpty();
        for (int i : new int[] {1, 3, 4}) {
            assertThat(small.find(key(i))).contains(CODE);
        }
        assertThat(other).exists();
    }

    @Test
    void dropsWhatWasNeverFinished() throws IOException {
        cache.keep(key(1), CODE);
        Path old = Files.createFile(folder.resolve("1.part"));
        Path young = Files.createFile(folder.resolve("2.part"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4000)));
        cache.keep(key(2), CODE);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(cache.find(key(1))).contains(CODE);
    }

    @Test
    void liesInTheUsersCacheUnlessItIsUnwanted() {
        Map<String, String> environment = Map.of("VERTEBRA_CACHE", home.toString());
        CodeCache.ofUser(environment, null).orElseThrow().keep(key(1), CODE);
        assertThat(home.resolve("cuda")).isNotEmptyDirectory();
        assertThat(CodeCache.ofUser(environment, "true")).isPresent();
        assertThat(CodeCache.ofUser(environment, "false")).isEmpty();
        assertThat(CodeCache.ofUser(Map.of(), null)).isEmpty();
    }
}
