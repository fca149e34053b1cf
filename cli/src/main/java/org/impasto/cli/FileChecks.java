package org.impasto.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.impasto.core.FileFailure;
import org.jspecify.annotations.Nullable;

/** Looks at the files of a command line before any work begins. */
final class FileChecks {
    /** Endings of pictures that can be written. */
    static final List<String> PICTURES = List.of(".png", ".jpg", ".jpeg");

    private FileChecks() {}

    /** A file to read: there, and readable. */
    static void input(String option, Path path) {
        notEmpty(option, path);
        if (!isThere(option, path)) {
            throw new FailureException(option + " " + path + ": no such file");
        }
        if (Files.isDirectory(path)) {
            throw new FailureException(option + " " + path + ": is a folder, expected a file");
        }
        if (!Files.isReadable(path)) {
            throw new FailureException(option + " " + path + ": is not readable for this user");
        }
    }

    /** A folder to read from. */
    static void inputFolder(String option, Path path) {
        notEmpty(option, path);
        if (!isThere(option, path)) {
            throw new FailureException(option + " " + path + ": no such folder");
        }
        if (!Files.isDirectory(path)) {
            throw new FailureException(option + " " + path + ": is a file, expected a folder");
        }
        if (!Files.isReadable(path)) {
            throw new FailureException(option + " " + path + ": is not readable for this user");
        }
    }

    /** A file to write: with one of the endings, no input, and in a place where it can be written. */
    static void output(String option, Path path, List<String> endings, InputFiles inputs) {
        notEmpty(option, path);
        if (!endings.contains(ending(path))) {
            throw new UsageException(
                    option + " " + path + ": expected a file name that ends with " + String.join(" or ", endings));
        }
        if (Files.isDirectory(path)) {
            throw new UsageException(option + " " + path + ": is a folder, expected a file name");
        }
        Path input = inputs.sameAs(path);
        if (input != null) {
            throw new UsageException(option + " " + path + ": would overwrite the input " + input);
        }
        if (Files.exists(path) && !Files.isWritable(path)) {
            throw new FailureException(option + " " + path + ": exists and is not writable for this user");
        }
        folder(option, path, parent(path));
    }

    /** A folder to write into, which need not be there yet. */
    static void outputFolder(String option, Path path) {
        notEmpty(option, path);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UsageException(option + " " + path + ": is a file, expected a folder");
        }
        folder(option, path, path);
    }

    /** Complains about an empty name, as a variable of the shell that is not set leaves; Java means this folder by it. */
    static void notEmpty(String option, Path path) {
        if (path.toString().isEmpty()) {
            throw new UsageException(option + " is empty, expected a file or folder");
        }
    }

    private static boolean isThere(String option, Path path) {
        try {
            return FileFailure.isThere(path);
        } catch (AccessDeniedException e) {
            throw new FailureException(option + " " + path + ": " + FileFailure.reason(e), e);
        }
    }

    /** The ending of a file's name in lower case, with its dot; empty if it has none. */
    static String ending(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(dot) : "";
    }

    /** A folder to write to, which need not be there yet. */
    private static void folder(String option, Path path, Path folder) {
        @Nullable Path existing = folder.toAbsolutePath().normalize();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            throw new FailureException(option + " " + path + ": " + existing + " is no folder");
        }
        if (!Files.isWritable(existing)) {
            throw new FailureException(
                    option + " " + path + ": the folder " + existing + " is not writable for this user");
        }
    }

    /** The folder that a file is in, or will be. */
    static Path parent(Path path) {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }
}
