package io.vertebra.tasks.runs;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file system that does all on the real one and writes down, in order, everything that changes the disk. */
final class RecordingFiles extends FileSystemProvider {

    /** A change of the disk; paths are relative to the recorded folder. */
    sealed interface Change {
        /** A new folder. */
        record Make(Path folder) implements Change {}

        /** A new or emptied file. */
        record Create(Path file) implements Change {}

        /** Bytes at the end of a file. */
        record Append(Path file, List<Byte> bytes) implements Change {}

        /** A file, or the names in a folder, are on the disk now. */
        record Sync(Path path) implements Change {}

        /** Another name. */
        record Move(Path from, Path to) implements Change {}

        /** A name less. */
        record Delete(Path path) implements Change {}
    }

    private final FileSystemProvider real;
    private final FileSystem system = new RecordedSystem();
    private final Path root;
    private final List<Change> changes = new ArrayList<>();

    RecordingFiles(Path root) {
        this.root = root;
        this.real = root.getFileSystem().provider();
    }

    /** The folder, seen through this. */
    Path folder() {
        return wrap(root);
    }

    List<Change> changes() {
        return changes;
    }

    /** A path of the real system, as seen through this: one that knows this provider. */
    private Path wrap(Path path) {
        return (Path) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Wrapped.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getFileSystem")) {
                        return system;
                    }
                    if (method.getName().equals("unwrap")) {
                        return path;
                    }
                    Object[] plain = args == null
                            ? null
                            : Arrays.stream(args)
                                    .map(a -> a instanceof Path p ? unwrap(p) : a)
                                    .toArray();
                    try {
                        Object result = method.invoke(path, plain);
                        return result instanceof Path p ? wrap(p) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** What a wrapped path can do besides. */
    interface Wrapped extends Path {
        Path unwrap();
    }

    private static Path unwrap(Path path) {
        return path instanceof Wrapped wrapped ? wrapped.unwrap() : path;
    }

    private Path name(Path path) {
        return root.relativize(unwrap(path));
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        boolean isWritten = options.contains(StandardOpenOption.WRITE);
        if (isWritten
                && !options.contains(StandardOpenOption.CREATE_NEW)
                && !options.contains(StandardOpenOption.APPEND)) {
            throw new UnsupportedOperationException("only new files and ends of files are written durably: " + path);
        }
        boolean isNew = isWritten && !Files.exists(unwrap(path));
        FileChannel channel = real.newFileChannel(unwrap(path), options, attributes);
        if (isNew) {
            changes.add(new Change.Create(name(path)));
        }
        return new RecordingChannel(channel, name(path), changes);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        if (options.contains(StandardOpenOption.WRITE)) {
            return newFileChannel(path, options, attributes);
        }
        return real.newByteChannel(unwrap(path), options, attributes);
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        real.createDirectory(unwrap(folder), attributes);
        changes.add(new Change.Make(name(folder)));
    }

    @Override
    public void delete(Path path) throws IOException {
        real.delete(unwrap(path));
        changes.add(new Change.Delete(name(path)));
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        real.move(unwrap(from), unwrap(to), options);
        changes.add(new Change.Move(name(from), name(to)));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        DirectoryStream<Path> stream = real.newDirectoryStream(unwrap(folder), p -> filter.accept(wrap(p)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                List<Path> wrapped = new ArrayList<>();
                stream.forEach(p -> wrapped.add(wrap(p)));
                return wrapped.iterator();
            }

            @Override
            public void close() throws IOException {
                stream.close();
            }
        };
    }

    @Override
    public boolean isSameFile(Path a, Path b) throws IOException {
        return real.isSameFile(unwrap(a), unwrap(b));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(unwrap(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(unwrap(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real.checkAccess(unwrap(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(unwrap(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return real.readAttributes(unwrap(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return real.readAttributes(unwrap(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(unwrap(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "recording";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    /** Leads every path to this provider. */
    private final class RecordedSystem extends FileSystem {
        @Override
        public FileSystemProvider provider() {
            return RecordingFiles.this;
        }

        @Override
        public Path getPath(String first, String... more) {
            return wrap(root.getFileSystem().getPath(first, more));
        }

        @Override
        public void close() {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return root.getFileSystem().getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return root.getFileSystem().supportedFileAttributeViews();
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            throw new UnsupportedOperationException();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }
}
