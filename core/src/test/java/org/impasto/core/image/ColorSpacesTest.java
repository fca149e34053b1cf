package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorSpacesTest {
    @ParameterizedTest
    @CsvSource({
        "rgb_to_lab",
        "lab_to_rgb",
        "rgb_to_ycbcr601_full",
        "ycbcr601_full_to_rgb",
        "rgb_to_yuv601_analog",
        "yuv601_analog_to_rgb"
    })
    void agreesWithGoldenFile(String name) throws Exception {
        Path file = SharedPictures.folder("golden/ops").resolve("color." + name + ".safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong(0);
        String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
        float[] found = conversion(name).apply(tensor(bytes, header, "in.x"));
        float[] expected = tensor(bytes, header, "out.y");
        float largest = 0;
        float worst = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(expected[i] - found[i]));
        }
        // We compute in double as the file does, so only the two roundings to float may differ.
        assertThat(worst).isLessThanOrEqualTo(1.2e-7f * largest);
    }

    private static UnaryOperator<float[]> conversion(String name) {
        return switch (name) {
            case "rgb_to_lab" -> ColorSpaces::rgbToLab;
            case "lab_to_rgb" -> ColorSpaces::labToRgb;
            case "rgb_to_ycbcr601_full" -> ColorSpaces::rgbToYcbcr;
            case "ycbcr601_full_to_rgb" -> ColorSpaces::ycbcrToRgb;
            case "rgb_to_yuv601_analog" -> ColorSpaces::rgbToYuv;
            default -> ColorSpaces::yuvToRgb;
        };
    }

    private static float[] tensor(ByteBuffer bytes, String header, String name) {
        Matcher match = Pattern.compile(
                        "\"" + Pattern.quote(name) + "\":\\s*\\{[^}]*\"data_offsets\":\\s*\\[(\\d+),\\s*(\\d+)")
                .matcher(header);
        assertThat(match.find()).isTrue();
        int begin = Integer.parseInt(match.group(1));
        float[] values = new float[(Integer.parseInt(match.group(2)) - begin) / 4];
        int data = 8 + (int) bytes.getLong(0);
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getFloat(data + begin + 4 * i);
        }
        return values;
    }

    @Test
    void knownColours() {
        // The corners of sRGB in Lab, to the digits in which they are published.
        assertThat(ColorSpaces.rgbToLab(new float[] {1, 0, 0}))
                .containsExactly(new float[] {53.24f, 80.09f, 67.20f}, within(0.01f));
        assertThat(ColorSpaces.rgbToLab(new float[] {0, 0, 1}))
                .containsExactly(new float[] {32.30f, 79.19f, -107.86f}, within(0.01f));
        assertThat(ColorSpaces.rgbToLab(new float[] {1, 1, 1})).containsExactly(new float[] {100, 0, 0}, within(0.02f));
        assertThat(ColorSpaces.rgbToYcbcr(new float[] {1, 0, 0}))
                .containsExactly(new float[] {0.299f, -0.168736f, 0.5f}, within(1e-6f));
        assertThat(ColorSpaces.srgbToLinear(new float[] {0, 0.5f, 1}))
                .containsExactly(new float[] {0, 0.214041f, 1}, within(1e-6f));
        // White has equal cone responses but for the rounding of the published matrix.
        float[] white = ColorSpaces.rgbToLAlphaBeta(new float[] {1, 1, 1});
        assertThat(white).containsExactly(new float[] {0, 0, 0}, within(2e-3f));
    }

    @Test
    void roundTrips() {
        Random random = new Random(20);
        float[] rgb = new float[3 * 5000];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = random.nextInt(256) / 255f;
        }
        // The middle value is rounded to float; inverses stretch that by less than 40 in the steepest place.
        near(ColorSpaces.linearToSrgb(ColorSpaces.srgbToLinear(rgb)), rgb, 1e-6f);
        near(ColorSpaces.labToRgb(ColorSpaces.rgbToLab(rgb)), rgb, 1e-5f);
        near(ColorSpaces.ycbcrToRgb(ColorSpaces.rgbToYcbcr(rgb)), rgb, 1e-6f);
        near(ColorSpaces.yuvToRgb(ColorSpaces.rgbToYuv(rgb)), rgb, 1e-6f);
        float[] bright = rgb.clone();
        for (int i = 0; i < bright.length; i++) {
            bright[i] = Math.max(bright[i], 2 / 255f);
        }
        near(ColorSpaces.lAlphaBetaToRgb(ColorSpaces.rgbToLAlphaBeta(bright)), bright, 1e-5f);
    }

    private static void near(float[] found, float[] expected, float tolerance) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as("value %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }

    @Test
    void blackIsFinite() {
        for (float value : ColorSpaces.rgbToLAlphaBeta(new float[3])) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void refusesWhatIsNotThreePlanes() {
        assertThatThrownBy(() -> ColorSpaces.rgbToLab(new float[4]))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("4 values");
    }
}
