package org.impasto.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.ImageException;
import org.impasto.core.image.Image;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFolderTest {
    @TempDir
    Path folder;

    private void write(String name, float level) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        TrainingPictures.plain(3, 2, level).write(file);
    }

    @Test
    void sortedWithOrWithoutSubfolders() throws IOException {
        for (String name : List.of("b.png", "a.JPG", "sub/c.png", "a/z.jpeg", ".hidden.png", ".cache/d.png")) {
            write(name, 0.5f);
        }
        Files.writeString(folder.resolve("notes.txt"), "no picture");
        Files.writeString(folder.resolve("png"), "no picture");
        assertThat(PictureFolder.of(folder).files()).containsExactly(folder.resolve("a.JPG"), folder.resolve("b.png"));
        assertThat(PictureFolder.withSubfolders(folder).files())
                .containsExactly(
                        folder.resolve("a.JPG"),
                        folder.resolve("a/z.jpeg"),
                        folder.resolve("b.png"),
                        folder.resolve("sub/c.png"));
    }

    @Test
    void transparentPicturesLieOnWhite() throws IOException {
        float[] alpha = {0, 1};
        Image.of(2, 1, new float[] {0, 0, 0, 0, 0, 0}, alpha).write(folder.resolve("a.png"));
        Image read = PictureFolder.of(folder).read(0);
        assertThat(read.hasAlpha()).isFalse();
        assertThat(read.plane(1)).containsExactly(1, 0);
    }

    @Test
    void aBrokenFileIsAnError() throws IOException {
        write("a.png", 0.2f);
        Path broken = folder.resolve("b.png");
        byte[] whole = Files.readAllBytes(folder.resolve("a.png"));
        Files.write(broken, Arrays.copyOf(whole, whole.length / 2));
        PictureFolder pictures = PictureFolder.of(folder);
        assertThat(pictures.size()).isEqualTo(2);
        pictures.read(0);
        assertThatThrownBy(() -> pictures.read(1))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(broken.toString());
    }

    @Test
    void aBrokenFileIsSkippedAndNamedOnce() throws IOException {
        for (int i = 0; i < 5; i++) {
            write(i + ".png", i / 255f);
        }
        Files.writeString(folder.resolve("1.png"), "no picture");
        Files.writeString(folder.resolve("4.png"), "");
        List<String> reported = new ArrayList<>();
        PictureFolder pictures = PictureFolder.of(folder).skippingBroken(reported::add);
        for (int round = 0; round < 2; round++) {
            int[] read = new int[5];
            for (int place = 4; place >= 0; place--) {
                read[place] = TrainingPictures.number(pictures.read(place));
            }
            assertThat(read).containsExactly(0, 2, 2, 3, 0);
        }
        assertThat(reported).hasSize(2);
        assertThat(reported.get(0)).contains(folder.resolve("4.png").toString());
        assertThat(reported.get(1)).contains(folder.resolve("1.png").toString());
    }

    @Test
    void narrowPicturesAreLeftOut() throws IOException {
        write("a.png", 0.2f);
        Path line = folder.resolve("b.png");
        Image.of(1, 5000, new float[15000], null).write(line);
        PictureFolder pictures = PictureFolder.of(folder);
        assertThat(pictures.read(1).height()).isEqualTo(5000);
        assertThatThrownBy(() -> pictures.withoutNarrow(16).read(1))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll(line.toString(), "1x5000", "16.0 times");
        List<String> reported = new ArrayList<>();
        PictureFolder others = pictures.withoutNarrow(16).skippingBroken(reported::add);
        assertThat(others.read(1).height()).isLessThan(5000);
        assertThat(others.fileRead(1)).isEqualTo(folder.resolve("a.png"));
        assertThat(reported).hasSize(1);
    }

    @Test
    void whereNothingCanBeRead() throws IOException {
        Files.writeString(folder.resolve("1.png"), "no picture");
        PictureFolder pictures = PictureFolder.of(folder).skippingBroken(message -> {});
        assertThatThrownBy(() -> pictures.read(0)).hasMessageContainingAll(folder.toString(), "none of its 1", "1.png");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> PictureFolder.of(missing))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll(missing.toString(), "no such folder");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> PictureFolder.withSubfolders(empty))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll(empty.toString(), ".png, .jpg or .jpeg");
        assertThatThrownBy(() -> PictureFolder.of(folder.resolve("1.png"))).hasMessageContaining("is no folder");
    }
}
