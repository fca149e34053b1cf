package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real pictures in many forms, against pixels decoded elsewhere. */
class PictureFormatsTest {
    @TestFactory
    Stream<DynamicTest> readsAsExpected() {
        Path folder = SharedPictures.folder("images/formats");
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : SharedPictures.files(folder)) {
            String name = file.getFileName().toString();
            if (!name.contains(".expected")) {
                tests.add(DynamicTest.dynamicTest(name, () -> compare(file)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(40);
        return tests.stream();
    }

    private static void compare(Path file) throws IOException {
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        Image image = Image.read(file);
        Path sixteen = file.resolveSibling(stem + ".expected16.png");
        boolean jpeg = name.endsWith(".jpg");
        if (Files.exists(sixteen)) {
            BufferedImage expected = ImageIO.read(sixteen.toFile());
            int bands = expected.getRaster().getNumBands();
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    for (int c = 0; c < 3; c++) {
                        int sample = expected.getRaster().getSample(x, y, c);
                        assertThat(image.value(c, x, y)).isEqualTo(sample / 65535f);
                    }
                    if (bands == 4) {
                        assertThat(image.alpha()[y * image.width() + x])
                                .isEqualTo(expected.getRaster().getSample(x, y, 3) / 65535f);
                    }
                }
            }
        }
        BufferedImage expected =
                ImageIO.read(file.resolveSibling(stem + ".expected.png").toFile());
        assertThat(image.width()).isEqualTo(expected.getWidth());
        assertThat(image.height()).isEqualTo(expected.getHeight());
        assertThat(image.hasAlpha()).isEqualTo(expected.getColorModel().hasAlpha());
        float[] alpha = image.alpha();
        int worst = 0;
        double sum = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int colour = expected.getRGB(x, y);
                for (int c = 0; c < 4; c++) {
                    float value = c < 3 ? image.value(c, x, y) : alpha == null ? 1 : alpha[y * image.width() + x];
                    // 16-bit pictures are compared by their high byte.
                    int level = name.contains("16") ? Math.round(value * 65535) >> 8 : Math.round(value * 255);
                    int difference = Math.abs(level - (c < 3 ? colour >> (16 - 8 * c) & 0xff : colour >>> 24));
                    worst = Math.max(worst, difference);
                    sum += difference;
                }
            }
        }
        double mean = sum / (3.0 * image.width() * image.height());
        if (jpeg) {
            System.out.printf("%s: largest difference %d levels, mean %.3f%n", name, worst, mean);
        }
        // A correct JPEG decoder may differ by a few levels; a wrong colour formula or orientation differs by dozens.
        assertThat(worst).isLessThanOrEqualTo(jpeg ? 4 : 0);
        assertThat(mean).isLessThanOrEqualTo(jpeg ? 0.5 : 0);
    }

    @TestFactory
    Stream<DynamicTest> brokenFilesEndInOneClearErrorOrAPicture() {
        Path folder = SharedPictures.folder("images/formats/broken");
        return SharedPictures.files(folder).stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> broken(file)));
    }

    private static void broken(Path file) {
        String name = file.getFileName().toString();
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream noise = new ByteArrayOutputStream();
        String outcome;
        boolean read = false;
        System.setOut(new PrintStream(noise));
        System.setErr(new PrintStream(noise));
        try {
            outcome = Image.read(file).toString();
            read = true;
        } catch (ImageException e) {
            outcome = e.getMessage().replace(file.toString(), name);
            assertThat(e.getMessage()).contains(name);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        System.out.println(name + " -> " + outcome);
        assertThat(noise.toString()).isEmpty();
        if (name.contains("named")) {
            assertThat(read).isTrue();
        }
        if (name.matches(".*(truncated|huge|zero|text|only|no_|zlib|bad_colour|ihdr).*")) {
            assertThat(read).isFalse();
        }
    }
}
