package org.impasto.core.weights;

import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.impasto.core.FileFailure;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * Weight files under names, in a folder of this computer: copies of the files with their SHA-256, licence and origin.
 * Nothing is ever fetched from a network.
 *
 * <p>Each name is a folder that holds the file and a description, {@code entry.json}. It is moved to its place when it is
 * complete, so several processes may add at once; what a killed one leaves has no name, and a later addition removes it.
 */
public final class WeightRegistry {
    /** The system property that names the folder of {@link #standard()}. */
    public static final String FOLDER_PROPERTY = "impasto.weights";

    private static final String FOLDER_VARIABLE = "IMPASTO_WEIGHTS";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
    private static final String DESCRIPTION = "entry.json";
    private static final String UNFINISHED = ".adding-";
    private static final long MAXIMUM_DESCRIPTION = 1 << 20;

    private final Path folder;

    private WeightRegistry(Path folder) {
        this.folder = folder;
    }

    /**
     * A kept file.
     *
     * @param name lower-case letters, digits, dots, underscores and hyphens
     * @param file the copy, under its original file name
     * @param bytes its size when it was added
     * @param sha256 of its content when it was added, 64 hexadecimal digits
     * @param licence under which it may be used, as told; empty if nothing was
     * @param origin where it came from, as told; empty if nothing was
     */
    public record Entry(String name, Path file, long bytes, String sha256, String licence, String origin) {}

    /** What became of a kept file. */
    public enum State {
        /** The bytes are those that were added. */
        INTACT,
        /** The bytes are others. */
        CHANGED,
        /** The file is gone. */
        MISSING
    }

    /**
     * The registry of this user: the folder that the system property {@value #FOLDER_PROPERTY} or the variable
     * {@code IMPASTO_WEIGHTS} of the environment names, else {@code .impasto/weights} in the home folder.
     */
    public static WeightRegistry standard() {
        String named = System.getProperty(FOLDER_PROPERTY, System.getenv(FOLDER_VARIABLE));
        return at(
                named == null || named.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".impasto", "weights")
                        : Path.of(named));
    }

    /** The registry in a folder, which need not be there yet. */
    public static WeightRegistry at(Path folder) {
        return new WeightRegistry(folder);
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** All entries, by name. */
    public List<Entry> entries() {
        if (!isThere(folder)) {
            return List.of();
        }
        try (Stream<Path> places = Files.list(folder)) {
            return places.filter(place ->
                            NAME.matcher(place.getFileName().toString()).matches()
                                    && isThere(place.resolve(DESCRIPTION)))
                    .sorted()
                    .map(this::read)
                    .toList();
        } catch (IOException failure) {
            throw new WeightException(folder + ": cannot be listed: " + FileFailure.reason(failure), failure);
        }
    }

    /** The entry of a name, if there is one. */
    public Optional<Entry> find(String name) {
        return NAME.matcher(name).matches() && isThere(folder.resolve(name).resolve(DESCRIPTION))
                ? Optional.of(read(folder.resolve(name)))
                : Optional.empty();
    }

    /** Whether there is such a file; one that this user may not look at is an error, and not absent. */
    private static boolean isThere(Path file) {
        try {
            return FileFailure.isThere(file);
        } catch (AccessDeniedException denied) {
            throw new WeightException(file + ": cannot be looked at: " + FileFailure.reason(denied), denied);
        }
    }

    /**
     * Copies a weight file into the registry.
     *
     * @throws WeightException if the name has other characters than it may or is taken, or if the file holds no weights
     */
    public Entry add(String name, Path file, String licence, String origin) {
        if (!NAME.matcher(name).matches()) {
            throw new WeightException(
                    "'" + name + "' is no name for weights: expected lower-case letters, digits, dots,"
                            + " underscores and hyphens, a letter or digit first, at most 100");
        }
        if (Files.isDirectory(file) || file.getFileName().toString().endsWith(".json")) {
            throw new WeightException(file + ": the registry keeps single files; give a set of shards by its path");
        }
        Path place = folder.resolve(name);
        refuseTaken(name, place);
        try (WeightFile readable = WeightFile.open(file)) {
            if (readable.names().isEmpty()) {
                throw new WeightException(file + ": holds no tensors");
            }
        }
        Path staged = null;
        try {
            Files.createDirectories(folder);
            removeAbandoned();
            // A dot: no name, so nobody sees it. Not a temporary folder, which would be this user's alone in its place,
            // too.
            staged = Files.createDirectory(folder.resolve(UNFINISHED + UUID.randomUUID()));
            Path copy = staged.resolve(file.getFileName());
            String sha256 = copy(file, copy);
            Entry entry = new Entry(name, place.resolve(file.getFileName()), Files.size(copy), sha256, licence, origin);
            Files.write(staged.resolve(DESCRIPTION), describe(entry));
            refuseTaken(name, place);
            Files.move(staged, place, StandardCopyOption.ATOMIC_MOVE);
            return entry;
        } catch (IOException failure) {
            refuseTaken(name, place); // another process was faster
            throw new WeightException(
                    file + ": cannot be kept in " + folder + ": " + FileFailure.reason(failure), failure);
        } finally {
            remove(staged);
        }
    }

    /** What processes that were killed left; a copy that still goes on is younger. */
    private void removeAbandoned() throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, UNFINISHED + "*")) {
            for (Path place : unfinished) {
                Instant touched = Files.getLastModifiedTime(place).toInstant();
                if (touched.isBefore(Instant.now().minus(1, ChronoUnit.DAYS))) {
                    remove(place);
                }
            }
        }
    }

    private static void refuseTaken(String name, Path place) {
        if (Files.exists(place)) {
            throw new WeightException(
                    "the name '" + name + "' is taken: take another one, or remove the folder " + place + " first");
        }
    }

    /** Reads a kept file again and compares. */
    public State verify(Entry entry) {
        try {
            boolean same = Files.size(entry.file()) == entry.bytes()
                    && copy(entry.file(), null).equals(entry.sha256());
            return same ? State.INTACT : State.CHANGED;
        } catch (NoSuchFileException gone) {
            return State.MISSING;
        } catch (IOException failure) {
            throw new WeightException(entry.file() + ": cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    /** The SHA-256 of a file, which is copied on the way if a place is given. */
    private static String copy(Path from, @Nullable Path to) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(from), digest);
                OutputStream out = to == null ? OutputStream.nullOutputStream() : Files.newOutputStream(to)) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] describe(Entry entry) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonWriter json = new JsonWriter(new OutputStreamWriter(text, StandardCharsets.UTF_8))) {
            json.setHtmlSafe(false);
            json.setIndent("  ");
            json.beginObject();
            json.name("file").value(entry.file().getFileName().toString());
            json.name("bytes").value(entry.bytes());
            json.name("sha256").value(entry.sha256());
            json.name("licence").value(entry.licence());
            json.name("origin").value(entry.origin());
            json.endObject();
        }
        return text.toByteArray();
    }

    private Entry read(Path place) {
        Path description = place.resolve(DESCRIPTION);
        Map<String, String> members = new HashMap<>();
        try {
            if (Files.size(description) > MAXIMUM_DESCRIPTION) {
                throw new WeightException(description + ": has more than " + MAXIMUM_DESCRIPTION + " bytes");
            }
            StrictJson.readObject(
                    Files.readString(description, StandardCharsets.UTF_8),
                    description.toString(),
                    (name, value) -> members.put(name, value.scalar()));
        } catch (IOException failure) {
            throw new WeightException(description + ": cannot be read: " + FileFailure.reason(failure), failure);
        }
        Function<String, String> member = name -> {
            String value = members.get(name);
            if (value == null) {
                throw new WeightException(description + ": has no \"" + name + "\"");
            }
            return value;
        };
        Path file = place.resolve(member.apply("file")).normalize();
        if (!place.normalize().equals(file.getParent())) {
            throw new WeightException(description + ": \"file\" leads out of its folder");
        }
        long bytes;
        try {
            bytes = Long.parseLong(member.apply("bytes"));
        } catch (NumberFormatException malformed) {
            throw new WeightException(description + ": \"bytes\" is no whole number", malformed);
        }
        String name = place.getFileName().toString();
        String sha256 = member.apply("sha256");
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new WeightException(description + ": \"sha256\" is not 64 hexadecimal digits");
        }
        return new Entry(name, file, bytes, sha256, member.apply("licence"), member.apply("origin"));
    }

    private static void remove(@Nullable Path staged) {
        if (staged == null || !Files.exists(staged)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> listed = Files.list(staged)) {
            listed.forEach(files::add);
            files.add(staged);
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException ignored) {
            // It has no name, so it only takes up space.
        }
    }
}
