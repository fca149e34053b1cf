package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.impasto.core.CancelledException;

/** Contents one after the other; what fails is noted, and the rest goes on. */
final class Batch {
    private final List<String> failures = new ArrayList<>();
    private int done;

    /** Stylizes files; results appear one by one. */
    void run(Job job, Stylization stylization, List<Path> files, Map<Path, Path> places) {
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            String label = (i + 1) + "/" + files.size() + " " + file.getFileName() + " ";
            Job part = job.part(label, (double) i / files.size(), (i + 1.0) / files.size());
            try {
                stylization.apply(part, file, Objects.requireNonNull(places.get(file)));
                job.publish();
                done++;
            } catch (CancelledException e) {
                throw e;
            } catch (RuntimeException e) { // whatever it is, the other pictures have nothing to do with it
                String message = String.valueOf(e.getMessage());
                fail(job, message.contains(file.toString()) ? message : file + ": " + message);
            } catch (OutOfMemoryError e) {
                fail(
                        job,
                        file + ": not enough memory for it; use a smaller --size or --tile, or a larger heap with"
                                + " IMPASTO_JAVA_OPTS=-Xmx8g");
            }
        }
    }

    private void fail(Job job, String message) {
        failures.add(message);
        job.forget();
    }

    /** What failed, a line each. */
    List<String> failures() {
        return failures;
    }

    /** How many results are in their places. */
    int done() {
        return done;
    }
}
