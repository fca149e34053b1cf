package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.impasto.core.Shape;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightRegistry.Entry;
import org.impasto.core.weights.WeightRegistry.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightRegistryTest {
    @TempDir
    private Path temporary;

    private WeightRegistry registry;
    private Path weights;

    @BeforeEach
    void open() {
        registry = WeightRegistry.at(temporary.resolve("deep/registry"));
        weights = temporary.resolve("net.safetensors");
        WeightWriter.to(weights).floats("w", Shape.of(3), new float[] {1, 2, 3}).write();
    }

    @Test
    void anEmptyRegistryHasNoEntries() {
        assertThat(registry.entries()).isEmpty();
        assertThat(registry.find("vgg19")).isEmpty();
    }

    @Test
    void keepsACopyWithWhatWasTold() throws IOException {
        Entry added = registry.add("vgg19", weights, "MIT \"quoted\"\nline", "a paper");
        Files.delete(weights);

        assertThat(registry.entries()).containsExactly(added);
        assertThat(registry.find("vgg19")).contains(added);
        assertThat(added.licence()).isEqualTo("MIT \"quoted\"\nline");
        assertThat(added.origin()).isEqualTo("a paper");
        assertThat(registry.verify(added)).isEqualTo(State.INTACT);
        try (WeightFile file = WeightFile.open(added.file())) {
            assertThat(file.readFloats("w")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void othersMayReadAsFarAsTheUserLetsThem() throws IOException {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView("posix"), "no such permissions here");
        Path ordinary = Files.createDirectory(temporary.resolve("ordinary"));
        Entry added = registry.add("vgg19", weights, "", "");
        assertThat(Files.getPosixFilePermissions(added.file().getParent()))
                .isEqualTo(Files.getPosixFilePermissions(ordinary));
    }

    @Test
    void whatMayNotBeReadIsNotAbsent() throws IOException {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView("posix"), "no such permissions here");
        Path place = registry.add("vgg19", weights, "", "").file().getParent();
        Files.setPosixFilePermissions(place, Set.of());
        try {
            assumeFalse(Files.isReadable(place), "this user may read everything");
            assertThatThrownBy(registry::entries)
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> registry.find("vgg19"))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("permission denied");
        } finally {
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void entriesAreInTheOrderOfTheirNames() {
        registry.add("b", weights, "", "");
        registry.add("a", weights, "", "");
        assertThat(registry.entries()).extracting(Entry::name).containsExactly("a", "b");
    }

    @Test
    void theHashIsThatOfTheFile() throws IOException {
        Path known = temporary.resolve("abc.npy");
        // A NumPy array of the one float 0, whose SHA-256 was computed by another program.
        byte[] header = "\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[132];
        Arrays.fill(bytes, 0, 128, (byte) ' ');
        System.arraycopy(header, 0, bytes, 0, header.length);
        bytes[127] = '\n';
        Files.write(known, bytes);
        assertThat(registry.add("known", known, "", "").sha256())
                .isEqualTo("579f4fc9e240b80aade6941d3fba86534d9e959a8520066318b52ed266243e65");
    }

    @Test
    void seesAChangeOfASingleBitAndAMissingFile() throws IOException {
        Entry entry = registry.add("net", weights, "", "");
        byte[] bytes = Files.readAllBytes(entry.file());
        bytes[bytes.length - 1] ^= 1;
        Files.write(entry.file(), bytes);
        assertThat(registry.verify(entry)).isEqualTo(State.CHANGED);
        Files.write(entry.file(), new byte[] {0}, StandardOpenOption.APPEND);
        assertThat(registry.verify(entry)).isEqualTo(State.CHANGED);
        Files.delete(entry.file());
        assertThat(registry.verify(entry)).isEqualTo(State.MISSING);
    }

    @Test
    void refusesWhatIsNoNameAndWhatIsTaken() {
        for (String name : new String[] {"", ".", "..", "../x", "a/b", "A", "-a", "a b", "x".repeat(101)}) {
            assertThatThrownBy(() -> registry.add(name, weights, "", ""))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("is no name for weights");
            assertThat(registry.find(name)).isEmpty();
        }
        Entry first = registry.add("net", weights, "", "");
        assertThatThrownBy(() -> registry.add("net", weights, "other", ""))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("is taken");
        assertThat(registry.entries()).containsExactly(first);
    }

    @Test
    void leavesNothingBehindOfAFileThatHoldsNoWeights() throws IOException {
        Path text = Files.writeString(temporary.resolve("notes.pth"), "no weights");
        assertThatThrownBy(() -> registry.add("notes", text, "", "")).isInstanceOf(WeightException.class);
        assertThat(registry.entries()).isEmpty();
        if (Files.exists(registry.folder())) {
            try (Stream<Path> left = Files.list(registry.folder())) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void refusesADescriptionThatIsBrokenOrLeadsElsewhere() throws IOException {
        Entry entry = registry.add("net", weights, "", "");
        Path description = entry.file().resolveSibling("entry.json");
        String sound = Files.readString(description);
        for (String broken : new String[] {
            "",
            "[]",
            "{}",
            sound.replace("net.safetensors", "../../net.safetensors"),
            sound.replaceFirst("[0-9a-f]{64}", "abc"),
            sound.replace("\"bytes\": ", "\"bytes\": 1.5, \"x\": "),
            sound.substring(0, sound.length() / 2)
        }) {
            Files.writeString(description, broken);
            assertThatThrownBy(registry::entries)
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("entry.json");
        }
    }

    @Test
    void whatIsNoEntryIsLeftAlone() throws IOException {
        Files.createDirectories(registry.folder().resolve("other"));
        Files.writeString(registry.folder().resolve("flat.pth"), "a file of somebody else");
        Entry entry = registry.add("net", weights, "", "");
        assertThat(registry.entries()).containsExactly(entry);
        assertThat(registry.find("other")).isEmpty();
    }

    @Test
    void whatAKilledProcessLeftIsRemovedLater() throws IOException {
        Path young = Files.createDirectories(registry.folder().resolve(".adding-1"));
        Path old = Files.createDirectories(registry.folder().resolve(".adding-2"));
        Files.writeString(old.resolve("net.pth"), "half a file");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(2, ChronoUnit.DAYS)));
        registry.add("net", weights, "", "");
        assertThat(young).exists();
        assertThat(old).doesNotExist();
    }
}
