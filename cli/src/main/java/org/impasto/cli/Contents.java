package org.impasto.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.impasto.core.FileFailure;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that --content names: one file, or any number of files, folders and patterns.
 *
 * @param files in the order named, those of a folder or pattern by name
 * @param batch whether results go into a folder, under the names of the contents
 */
record Contents(List<Path> files, boolean batch) {
    /** Finds the files; a pattern holds a star, question mark, bracket or brace in its last part and is no file itself. */
    static Contents of(List<String> named) {
        Set<Path> files = new LinkedHashSet<>();
        boolean batch = named.size() > 1;
        for (String name : named) {
            if (name.isEmpty()) {
                throw new UsageException("--content is empty, expected a file, a folder or a pattern");
            }
            Path path = path(name);
            if (path != null && Files.isDirectory(path)) {
                batch = true;
                files.addAll(pictures(path, "*"));
            } else if ((path == null || !Files.exists(path)) && name.matches(".*[*?\\[{].*")) {
                batch = true;
                int slash = name.lastIndexOf('/');
                Path folder = slash < 0 ? Path.of("") : Path.of(name.substring(0, slash + 1));
                if (!Files.isDirectory(folder)) {
                    throw new FailureException("--content " + name + ": no folder " + folder);
                }
                files.addAll(pictures(folder, name.substring(slash + 1)));
            } else if (path == null) {
                throw new FailureException("--content " + name + ": is no file name");
            } else {
                FileChecks.input("--content", path);
                files.add(path);
            }
        }
        return new Contents(List.copyOf(files), batch);
    }

    private static @Nullable Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException pattern) { // some systems have no * in a file name
            return null;
        }
    }

    private static List<Path> pictures(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(folder)) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            for (Path file : listed) {
                if (Files.isRegularFile(file)
                        && FileChecks.PICTURES.contains(FileChecks.ending(file))
                        && matcher.matches(file.getFileName())) {
                    found.add(file);
                }
            }
        } catch (PatternSyntaxException e) {
            throw new FailureException(
                    "--content " + folder.resolve(pattern)
                            + ": is no file, and no pattern, of which every [ and { has its" + " end",
                    e);
        } catch (IOException e) {
            throw new FailureException("--content " + folder + ": cannot be listed: " + FileFailure.reason(e), e);
        }
        if (found.isEmpty()) {
            throw new FailureException(
                    "--content " + folder.resolve(pattern) + ": no pictures there; expected files that end" + " with "
                            + String.join(", ", FileChecks.PICTURES));
        }
        found.sort(null);
        return found;
    }

    /** Where the results go in a folder, by content; two contents of one name are an error. */
    Map<Path, Path> placesIn(Path folder) {
        Map<Path, Path> contents = new HashMap<>();
        Map<Path, Path> places = new HashMap<>();
        for (Path file : files) {
            Path place = folder.resolve(file.getFileName());
            Path other = contents.put(place, file);
            if (other != null) {
                throw new UsageException("--content: " + other + " and " + file + " would both be written to " + place
                        + "; give them in two calls with two folders");
            }
            places.put(file, place);
        }
        return places;
    }
}
