package org.impasto.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.impasto.core.WeightException;
import org.impasto.core.WholeFile;
import org.jspecify.annotations.Nullable;

/**
 * The files of one command, all in one folder: written into a hidden folder inside it, and moved to their places when the
 * last one is complete. What is discarded before leaves nothing behind, in the middle of a file too.
 */
final class StagedFiles {
    private final Path folder;
    private final Map<Path, Path> places = new LinkedHashMap<>();
    private @Nullable Path hidden;
    private boolean discarded;

    /** Files for a folder, which is made with its parents when the first one is written. */
    StagedFiles(Path folder) {
        this.folder = folder;
    }

    /** Writes one file; the writer gets the path to write to. */
    void write(Path place, Consumer<Path> writer) {
        Path staged = hiddenFolder(place).resolve(place.getFileName());
        try {
            writer.accept(staged);
        } catch (ImageException | WeightException e) {
            String message = String.valueOf(e.getMessage()).replace(staged.toString(), place.toString());
            throw new FailureException(message, e);
        }
        places.put(staged, place);
    }

    private synchronized Path hiddenFolder(Path place) {
        if (discarded) {
            throw new FailureException(place + ": not written, the command was stopped");
        }
        if (hidden == null) {
            try {
                Files.createDirectories(folder);
                hidden = Files.createTempDirectory(folder, ".impasto-");
            } catch (IOException e) {
                throw new FailureException(place + ": cannot be written: " + FileFailure.reason(e), e);
            }
        }
        return hidden;
    }

    /** Moves all files to their places; more may be written afterwards. */
    synchronized void publish() {
        for (Map.Entry<Path, Path> file : places.entrySet()) {
            try {
                WholeFile.move(file.getKey(), file.getValue());
            } catch (IOException e) {
                throw new FailureException(file.getValue() + ": cannot be written: " + FileFailure.reason(e), e);
            }
        }
        places.clear();
    }

    /** Removes what was written and not published; more may be written afterwards. */
    synchronized void forget() {
        places.clear();
        removeHidden();
    }

    /** Removes what was written and is not in its place, for good. May be called from any thread. */
    synchronized void discard() {
        discarded = true;
        removeHidden();
    }

    private void removeHidden() {
        if (hidden == null) {
            return;
        }
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(hidden)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(hidden);
            hidden = null;
        } catch (IOException ignored) {
            // Tried again when all is discarded; the failure that led here is the one to tell.
        }
    }
}
