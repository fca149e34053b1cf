package org.impasto.core.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.impasto.core.FileFailure;
import org.impasto.core.WeightException;

/** The bytes of a file, read where they are asked for. */
final class FileBytes implements ByteSource {
    private final Path path;
    private final FileChannel channel;
    private final long size;

    private FileBytes(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    static FileBytes open(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new WeightException(path + ": expected a file, found a folder or a device");
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new FileBytes(path, channel, channel.size());
        } catch (NoSuchFileException missing) {
            throw new WeightException(path + ": no such file", missing);
        } catch (IOException failure) {
            throw new WeightException(path + ": cannot be opened: " + FileFailure.reason(failure), failure);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer into) {
        long at = position;
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into, at);
                if (count < 0) {
                    throw new WeightException(path + ": ends at byte " + at + ", expected " + into.remaining()
                            + " more; it had " + size + " bytes when it was opened");
                }
                at += count;
            }
        } catch (IOException failure) {
            throw new WeightException(
                    path + ": cannot be read at byte " + at + ": " + FileFailure.reason(failure), failure);
        }
    }

    @Override
    public ByteBuffer view(long position, int length) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, position, length);
        } catch (IOException failure) {
            throw new WeightException(
                    path + ": cannot be mapped at byte " + position + ": " + FileFailure.reason(failure), failure);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new WeightException(path + ": cannot be closed: " + FileFailure.reason(failure), failure);
        }
    }
}
