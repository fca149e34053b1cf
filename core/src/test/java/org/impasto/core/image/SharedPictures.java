package org.impasto.core.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of test material beside the project; tests that need it are skipped where it is absent. */
final class SharedPictures {
    private SharedPictures() {}

    static Path folder(String name) {
        Path found = find(name);
        assumeTrue(found != null, "no folder shared/" + name + " beside the project; set -Dimpasto.shared");
        return found;
    }

    private static @Nullable Path find(String name) {
        String given = System.getProperty("impasto.shared");
        if (given != null) {
            Path folder = Path.of(given, name); // the build names it always, whether it is there or not
            return Files.isDirectory(folder) ? folder : null;
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve(name);
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(png|jpg)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
