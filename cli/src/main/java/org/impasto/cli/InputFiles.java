package org.impasto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.FileFailure;
import org.jspecify.annotations.Nullable;

/** The files that a command reads, and so may not write, by whatever name; found at once among thousands. */
final class InputFiles {
    private final Map<Object, Path> byKey = new HashMap<>();
    private final List<Path> withoutKey = new ArrayList<>(); // of systems that do not number their files

    private InputFiles() {}

    /** Files, of which those that are not there do not count. */
    static InputFiles of(Collection<Path> paths) {
        InputFiles inputs = new InputFiles();
        for (Path path : paths) {
            BasicFileAttributes found = attributes(path);
            if (found != null && found.fileKey() != null) {
                inputs.byKey.putIfAbsent(found.fileKey(), path);
            } else if (found != null) {
                inputs.withoutKey.add(path);
            }
        }
        return inputs;
    }

    /** The input that a path names, too, perhaps by a link; null if none. */
    @Nullable
    Path sameAs(Path path) {
        BasicFileAttributes found = attributes(path);
        if (found == null) {
            return null;
        }
        if (found.fileKey() != null) {
            return byKey.get(found.fileKey());
        }
        try {
            for (Path input : withoutKey) {
                if (Files.isSameFile(path, input)) {
                    return input;
                }
            }
            return null;
        } catch (IOException e) {
            throw new FailureException(path + ": cannot be looked at: " + FileFailure.reason(e), e);
        }
    }

    /** What the system says of a file; null if it is not there, or this user may not look. */
    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException absent) {
            return null;
        }
    }
}
