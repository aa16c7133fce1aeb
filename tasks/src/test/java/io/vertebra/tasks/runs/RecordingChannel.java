package io.vertebra.tasks.runs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A channel of {@link RecordingFiles}: writes at the end of a file, and writes down what is written and synced. */
final class RecordingChannel extends FileChannel {
    private final FileChannel channel;
    private final Path name;
    private final List<RecordingFiles.Change> changes;

    RecordingChannel(FileChannel channel, Path name, List<RecordingFiles.Change> changes) {
        this.channel = channel;
        this.name = name;
        this.changes = changes;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        List<Byte> written = new ArrayList<>();
        ByteBuffer copy = bytes.duplicate();
        int count = channel.write(bytes);
        for (int i = 0; i < count; i++) {
            written.add(copy.get());
        }
        changes.add(new RecordingFiles.Change.Append(name, written));
        return count;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        channel.force(metadata);
        changes.add(new RecordingFiles.Change.Sync(name));
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        channel.close();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return channel.read(to);
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
        return channel.read(to, position);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return channel.read(to, offset, length);
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
