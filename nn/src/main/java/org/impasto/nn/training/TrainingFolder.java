package org.impasto.nn.training;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.impasto.core.FileFailure;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/** The files of one run: where they stand, and that only one process writes them. */
final class TrainingFolder implements AutoCloseable {
    private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{9,18}\\.safetensors");
    private static final Pattern UNFINISHED = Pattern.compile("\\..+\\.tmp");

    /** A checkpoint that was found whole, and what it says. */
    record Checkpoint(Path path, CheckpointFile.Facts facts) {}

    private final Path folder;
    private final Path checkpoints;
    private final FileChannel lockFile;

    private TrainingFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.checkpoints = folder.resolve("checkpoints");
        this.lockFile = lockFile;
    }

    /** Opens or makes the folder, and clears away what a killed process left unfinished. */
    static TrainingFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel lockFile =
                    FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean opened = false;
            try {
                if (!locked(lockFile)) {
                    throw new WeightException(folder + ": another training is writing into this folder; wait for it or "
                            + "choose another folder");
                }
                TrainingFolder opening = new TrainingFolder(folder, lockFile);
                for (Path part : List.of(folder, opening.checkpoints, folder.resolve("samples"))) {
                    Files.createDirectories(part);
                    opening.clearUnfinished(part);
                }
                opened = true;
                return opening;
            } finally {
                if (!opened) {
                    lockFile.close();
                }
            }
        } catch (IOException failure) {
            throw unusable(folder, failure);
        }
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock(); // given back by the system, too, when the process ends in any way
            return lock != null;
        } catch (OverlappingFileLockException byThisProcess) {
            return false;
        }
    }

    Path metrics() {
        return folder.resolve("metrics.csv");
    }

    Path curve() {
        return folder.resolve("loss.png");
    }

    Path weights() {
        return folder.resolve("weights.safetensors");
    }

    Path samples(long step) {
        return folder.resolve("samples").resolve(name(step, "png"));
    }

    /** Writes a checkpoint and drops all but the newest few. */
    Path writeCheckpoint(CheckpointFile.Facts facts, Map<String, Tensor> tensors, int kept) {
        Path path = checkpoints.resolve(name(facts.step(), "safetensors"));
        CheckpointFile.write(path, facts, tensors);
        try {
            for (Path old : newestFirst().stream().skip(kept).toList()) {
                Files.deleteIfExists(old);
            }
        } catch (IOException failure) {
            throw unusable(folder, failure);
        }
        return path;
    }

    /**
     * The newest checkpoint that is whole, or null if there is none. Damaged ones are renamed, so that they count no more.
     *
     * @param notices is told about those that are damaged
     * @throws WeightException if there are checkpoints, but all are damaged
     */
    @Nullable
    Checkpoint newestCheckpoint(Consumer<String> notices) {
        List<Path> found = checkpoints();
        List<String> failures = new ArrayList<>();
        for (Path path : found) {
            try {
                CheckpointFile.Facts facts = CheckpointFile.check(path);
                for (int damaged = 0; damaged < failures.size(); damaged++) {
                    notices.accept("checkpoint damaged, the one before is used: " + failures.get(damaged));
                    setAside(found.get(damaged));
                }
                return new Checkpoint(path, facts);
            } catch (WeightException damaged) {
                failures.add(damaged.getMessage());
            }
        }
        if (!found.isEmpty()) {
            throw new WeightException(folder + ": no checkpoint is whole: " + String.join("; ", failures)
                    + "; train in another folder, or empty this one to begin again");
        }
        return null;
    }

    private void setAside(Path damaged) {
        try {
            Files.move(
                    damaged,
                    damaged.resolveSibling(damaged.getFileName() + ".damaged"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw unusable(folder, failure);
        }
    }

    /** All checkpoints, newest first. */
    List<Path> checkpoints() {
        try {
            return newestFirst();
        } catch (IOException failure) {
            throw unusable(folder, failure);
        }
    }

    private List<Path> newestFirst() throws IOException {
        try (Stream<Path> files = Files.list(checkpoints)) {
            Comparator<Path> byStep = Comparator.comparingLong(TrainingFolder::step);
            return files.filter(file ->
                            CHECKPOINT.matcher(file.getFileName().toString()).matches())
                    .sorted(byStep.reversed())
                    .toList();
        }
    }

    private static long step(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')));
    }

    private static String name(long step, String ending) {
        return String.format(Locale.ROOT, "step-%09d.%s", step, ending);
    }

    private void clearUnfinished(Path part) throws IOException {
        try (Stream<Path> files = Files.list(part)) {
            for (Path file : files.toList()) {
                if (UNFINISHED.matcher(file.getFileName().toString()).matches()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static WeightException unusable(Path folder, IOException failure) {
        return new WeightException(folder + ": cannot be used for training: " + FileFailure.reason(failure), failure);
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException failure) {
            throw unusable(folder, failure);
        }
    }
}
