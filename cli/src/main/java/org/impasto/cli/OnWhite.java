package org.impasto.cli;

import java.nio.file.Path;
import org.impasto.core.image.Image;

/** Reads pictures as most programs show them: on white where they are transparent. */
final class OnWhite {
    private OnWhite() {}

    static Image read(Path file) {
        return Image.read(file).withAlphaFlattened(1, 1, 1);
    }
}
