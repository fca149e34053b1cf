package org.impasto.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    private static void write(Path path, String text) throws IOException {
        WholeFile.write(path, channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void replacesAnOlderFile() throws IOException {
        Path file = folder.resolve("file");
        write(file, "a long first text");
        write(file, "short");
        assertThat(file).hasContent("short");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void aReplacedFileKeepsItsPermissions() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        Path file = folder.resolve("file");
        write(file, "old");
        Set<PosixFilePermission> shared = PosixFilePermissions.fromString("rw-rw-r-x");
        Files.setPosixFilePermissions(file, shared);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        for (Path path : new Path[] {file, link}) {
            write(path, "new");
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(shared);
        }
    }

    @Test
    void afterAFailureTheOlderFileIsThereAndNothingElse() throws IOException {
        Path file = folder.resolve("file");
        write(file, "old");
        assertThatThrownBy(() -> WholeFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[100]));
                    throw new IOException("in the middle");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("in the middle");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void whatALinkNamesIsWrittenAndTheLinkStays() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("middle"));
        Path middle = Files.createSymbolicLink(folder.resolve("middle"), folder.resolve("target"));
        for (String text : new String[] {"not there yet", "there"}) {
            write(link, text);
            assertThat(folder.resolve("target")).isRegularFile().hasContent(text);
        }
        assertThat(link).isSymbolicLink();
        assertThat(middle).isSymbolicLink();
    }

    @Test
    void linksInACircleAreAnError() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("other"));
        Files.createSymbolicLink(folder.resolve("other"), link);
        assertThatThrownBy(() -> write(link, "text"))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(FileFailure.reason(e)).isEqualTo("links that lead in a circle"));
        assertThat(names()).containsExactlyInAnyOrder("link", "other");
    }

    @Test
    void namesMayBeAsLongAsTheSystemAllows() {
        Path file = folder.resolve("n".repeat(250) + ".png");
        Image picture = Image.of(1, 1, new float[] {0, 1, 0});
        picture.write(file);
        assertThat(Image.read(file)).isEqualTo(picture);
    }
}
