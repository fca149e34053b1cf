package org.impasto.verification;

import java.nio.file.Path;

/** Where test material lies that is not part of the repository. */
final class SharedFiles {
    private SharedFiles() {}

    /** The folder of test material beside the repository, or the one named by {@code impasto.shared}. */
    static Path folder() {
        return resolved("impasto.shared", "../shared");
    }

    /** The folder of golden files: that of the test material, or the one named by {@code impasto.golden}. */
    static Path golden() {
        return resolved("impasto.golden", "../shared/golden");
    }

    private static Path resolved(String property, String absent) {
        Path root = Path.of(System.getProperty("impasto.root", ".."));
        return root.resolve(System.getProperty(property, absent)).normalize();
    }
}
