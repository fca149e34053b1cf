package org.impasto.nn.training;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.FileFailure;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a run as CSV: step, loss, learning rate, then the metrics, a row each time. Rows are appended; a run that
 * goes back to a checkpoint first cuts off those behind it, so that no step stands there twice.
 */
final class MetricsFile implements AutoCloseable {
    static final List<String> OWN_COLUMNS = List.of("step", "loss", "learning_rate");

    private static final int LONGEST_LINE = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final MetricsHistory history;
    private @Nullable List<String> columns;

    private MetricsFile(Path path, FileChannel channel, MetricsHistory history) {
        this.path = path;
        this.channel = channel;
        this.history = history;
    }

    /** Opens or makes the file and keeps its rows up to a step. */
    static MetricsFile open(Path path, long step) {
        try {
            MetricsFile file = new MetricsFile(
                    path,
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    new MetricsHistory());
            boolean opened = false;
            try {
                file.cut(step);
                opened = true;
                return file;
            } finally {
                if (!opened) {
                    file.close();
                }
            }
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    /** What the rows say, for the curve. */
    MetricsHistory history() {
        return history;
    }

    void add(TrainingProgress progress) {
        List<String> names = columns(progress.metrics());
        StringBuilder text = new StringBuilder();
        if (columns == null) {
            columns = names;
            text.append(String.join(",", names)).append('\n');
        } else if (!columns.equals(names)) {
            throw new WeightException(path + ": has columns " + columns + ", this run gives " + names
                    + "; train with the same metrics or in another folder");
        }
        text.append(progress.step())
                .append(',')
                .append(number(progress.loss()))
                .append(',')
                .append(number(progress.learningRate()));
        progress.metrics().values().forEach(value -> text.append(',').append(number(value)));
        append(text.append('\n').toString());
        history.add(progress.step(), progress.loss(), progress.metrics());
    }

    /** Makes sure that the rows outlive a power cut. */
    void force() {
        try {
            channel.force(false);
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    private static List<String> columns(Map<String, Double> metrics) {
        List<String> names = new ArrayList<>(OWN_COLUMNS);
        names.addAll(metrics.keySet());
        return names;
    }

    // Losses are float32 as a rule: their shortest exact text, not the digits of the double.
    private static String number(double value) {
        return (float) value == value ? Float.toString((float) value) : Double.toString(value);
    }

    private void append(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException failure) {
            throw unusable(path, failure);
        }
    }

    /** Keeps whole rows in order while their step is not beyond the last one; what follows goes. */
    private void cut(long last) throws IOException {
        long kept = 0;
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path))) {
            String line = wholeLine(bytes);
            if (line != null) {
                List<String> names = List.of(line.split(",", -1));
                if (names.size() < OWN_COLUMNS.size()
                        || !names.subList(0, OWN_COLUMNS.size()).equals(OWN_COLUMNS)) {
                    throw new WeightException(path + ": begins with columns " + names + ", expected " + OWN_COLUMNS
                            + " first; move the file away");
                }
                columns = names;
                do {
                    kept += line.length() + 1;
                    line = wholeLine(bytes);
                } while (line != null && remember(line.split(",", -1), names, last));
            }
        }
        channel.truncate(kept);
        channel.position(kept);
    }

    private boolean remember(String[] fields, List<String> names, long last) {
        if (fields.length != names.size()) {
            return false;
        }
        try {
            long step = Long.parseLong(fields[0]);
            if (step > last) {
                return false;
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            for (int i = OWN_COLUMNS.size(); i < fields.length; i++) {
                metrics.put(names.get(i), Double.parseDouble(fields[i]));
            }
            history.add(step, Double.parseDouble(fields[1]), metrics);
            return true;
        } catch (NumberFormatException damaged) {
            return false;
        }
    }

    /** The next line, one char a byte; null at the end, and for one that was not written to its end. */
    private static @Nullable String wholeLine(InputStream bytes) throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = bytes.read()) >= 0 && line.length() < LONGEST_LINE) {
            if (next == '\n') {
                return line.toString();
            }
            line.append((char) next);
        }
        return null;
    }

    private static WeightException unusable(Path path, IOException failure) {
        return new WeightException(path + ": cannot be written: " + FileFailure.reason(failure), failure);
    }
}
