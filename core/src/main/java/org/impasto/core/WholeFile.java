package org.impasto.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.UUID;

/**
 * Files that appear whole or not at all: written beside their places under hidden names, forced to the disk, then moved.
 * After a failure the old file, if any, is untouched and nothing else is left. A link is followed: the file that it names
 * is written, whether it is there yet or not, and the link stays. A file that replaces another has its permissions.
 */
public final class WholeFile {
    /** In a row, as systems have it. */
    private static final int MOST_LINKS = 40;

    private WholeFile() {}

    /** What a file will hold. */
    public interface Content {
        /** Writes all of it, from the beginning; an error removes the unfinished file. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes a file. */
    public static void write(Path path, Content content) throws IOException {
        Path place = followed(path.toAbsolutePath());
        // Not the file's own name with more, which may be too long.
        Path unfinished = place.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            moveTo(place, unfinished);
        } finally {
            deleteQuietly(unfinished);
        }
        forceFolder(place);
    }

    /** Moves a finished file to its place, where it replaces an older one. */
    public static void move(Path finished, Path path) throws IOException {
        moveTo(followed(path.toAbsolutePath()), finished);
    }

    private static Path followed(Path path) throws IOException {
        Path target = path;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(path.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static void moveTo(Path place, Path finished) throws IOException {
        copyPermissions(place, finished);
        try {
            Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(finished, place, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void copyPermissions(Path place, Path finished) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        PosixFileAttributeView old = Files.getFileAttributeView(place, PosixFileAttributeView.class);
        PosixFileAttributeView replacing = Files.getFileAttributeView(finished, PosixFileAttributeView.class);
        if (old != null && replacing != null) { // systems of other kinds have none
            replacing.setPermissions(old.readAttributes().permissions());
        }
    }

    private static void deleteQuietly(Path unfinished) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException ignored) {
            // The failure that left it there is the one to tell.
        }
    }

    private static void forceFolder(Path place) {
        Path folder = place.getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // The file itself is complete either way.
        }
    }
}
