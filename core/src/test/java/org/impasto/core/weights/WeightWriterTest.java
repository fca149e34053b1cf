package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightWriterTest {
    @TempDir
    Path folder;

    private static Spec spec(ElementType type, long... sizes) {
        return new Spec(Shape.of(sizes), type);
    }

    private WeightWriter sample(Path path) {
        float[] values = {0.1f, -2, 65504, 1e-7f};
        return WeightWriter.to(path)
                .metadata(Map.of("config", "{\"op\": \"\u00e9\"}", "a", "b"))
                .floats("half", spec(ElementType.FLOAT16, 2, 2), () -> FloatBuffer.wrap(values))
                .floats("brain", spec(ElementType.BFLOAT16, 4), () -> FloatBuffer.wrap(values))
                .floats("\u4e00 \"quoted\"", Shape.of(4), values)
                .floats("wide", spec(ElementType.FLOAT64, 4), () -> FloatBuffer.wrap(values))
                .doubles("double", Shape.scalar(), () -> DoubleBuffer.wrap(new double[] {0.1}))
                .longs("steps", Shape.of(2), () -> LongBuffer.wrap(new long[] {-1, Long.MAX_VALUE}))
                .floats("empty", Shape.of(3, 0), new float[0]);
    }

    /** Halfway between two float16 numbers the one whose last bit is 0 is taken. */
    @Test
    void aCopyInHalfPrecision() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        Path half = folder.resolve("half.safetensors");
        float[] values = {1 + 0x1p-11f, 1 + 0x3p-11f, 1 + 0x1.8p-10f, -0x1p-25f, 0x3p-25f, 65519, -0f, 0x1.00201p0f};
        float[] rounded = {1, 1 + 0x1p-9f, 1 + 0x1p-9f, -0f, 0x1p-23f, 65504, -0f, 1 + 0x1p-10f};
        WeightWriter.to(whole)
                .metadata("made", "here")
                .floats("weight", Shape.of(2, 4), values)
                .doubles("wide", Shape.of(1), () -> DoubleBuffer.wrap(new double[] {0.1}))
                .longs("step", Shape.scalar(), () -> LongBuffer.wrap(new long[] {7}))
                .write();
        try (WeightFile file = WeightFile.open(whole)) {
            WeightWriter.to(half).copy(file, ElementType.FLOAT16).write();
        }
        try (WeightFile file = WeightFile.open(half)) {
            assertThat(file.names()).containsExactlyInAnyOrder("weight", "wide", "step");
            assertThat(file.metadata()).containsEntry("made", "here");
            assertThat(file.spec("weight")).isEqualTo(spec(ElementType.FLOAT16, 2, 4));
            assertThat(file.readFloats("weight")).containsExactly(rounded);
            assertThat(file.readFloats("wide")).containsExactly(0x1.998p-4f);
            assertThat(file.readLongs("step")).containsExactly(7);
            // What was rounded once stays.
            Path again = folder.resolve("again.safetensors");
            WeightWriter.to(again).copy(file, ElementType.FLOAT16).write();
            assertThat(again).hasSameBinaryContentAs(half);
        }
        WeightWriter.to(whole).floats("w", Shape.of(1), new float[] {65520}).write();
        try (WeightFile file = WeightFile.open(whole)) {
            assertThatThrownBy(() -> WeightWriter.to(half)
                            .copy(file, ElementType.FLOAT16)
                            .write())
                    .isInstanceOf(WeightException.class)
                    .hasMessageContainingAll("'w'", "65520", "FLOAT16", "store FLOAT32");
        }
        try (WeightFile file = WeightFile.open(half)) {
            assertThat(file.has("weight")).isTrue(); // the older file is untouched
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        Path path = folder.resolve("all.safetensors");
        sample(path).write();
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.names())
                    .containsExactly("double", "steps", "wide", "empty", "\u4e00 \"quoted\"", "brain", "half");
            assertThat(file.metadata())
                    .containsEntry("config", "{\"op\": \"\u00e9\"}")
                    .containsEntry("a", "b");
            assertThat(file.spec("half")).isEqualTo(spec(ElementType.FLOAT16, 2, 2));
            // 0.1 and 1e-7 rounded to 11 bits and to multiples of 2^-24; to 8 bits.
            assertThat(file.readFloats("half")).containsExactly(0x1.998p-4f, -2, 65504, 0x1p-23f);
            assertThat(file.readFloats("brain")).containsExactly(0x1.9ap-4f, -2, 65536, 0x1.aep-24f);
            assertThat(file.readFloats("\u4e00 \"quoted\"")).containsExactly(0.1f, -2, 65504, 1e-7f);
            assertThat(file.readDoubles("wide")).containsExactly(0.1f, -2, 65504, 1e-7f);
            assertThat(file.readDoubles("double")).containsExactly(0.1);
            assertThat(file.readLongs("steps")).containsExactly(-1, Long.MAX_VALUE);
            assertThat(file.spec("empty")).isEqualTo(Spec.float32(3, 0));
        }
    }

    @Test
    void theBytesDependOnTheTensorsAlone() throws IOException {
        float[] one = {1};
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        WeightWriter.to(first)
                .floats("b", Shape.of(1), one)
                .floats("a", Shape.of(1), one)
                .metadata("x", "1")
                .metadata("w", "2")
                .write();
        WeightWriter.to(second)
                .metadata("w", "2")
                .metadata("x", "1")
                .floats("a", Shape.of(1), one)
                .floats("b", Shape.of(1), one)
                .write();
        assertThat(first).hasSameBinaryContentAs(second);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(first)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getLong(0) % 8).isZero();
        assertThat(bytes.get(8)).isEqualTo((byte) '{');
    }

    @Test
    void writesMoreThanItsBufferHolds() {
        float[] many = new float[200_001];
        double[] doubles = new double[70_001];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = -i;
        }
        Path path = folder.resolve("many");
        WeightWriter.to(path)
                .floats("f32", Shape.of(many.length), many)
                .floats("bf16", spec(ElementType.BFLOAT16, many.length), () -> FloatBuffer.wrap(many))
                .floats("f64", spec(ElementType.FLOAT64, many.length), () -> FloatBuffer.wrap(many))
                .doubles("d", Shape.of(doubles.length), () -> DoubleBuffer.wrap(doubles))
                .write();
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.readFloats("f32")).isEqualTo(many);
            assertThat(file.readFloats("f64")).isEqualTo(many);
            assertThat(file.readDoubles("d")).isEqualTo(doubles);
            // bfloat16 keeps 8 bits: half a unit in the last place is 2^-9 of the value.
            float[] rounded = file.readFloats("bf16");
            for (int i = 0; i < many.length; i++) {
                assertThat(Math.abs(rounded[i] - i)).isLessThanOrEqualTo(i * 0x1p-8f);
            }
        }
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path path = folder.resolve("weights.safetensors");
        sample(path).write();
        byte[] before = Files.readAllBytes(path);
        float[] large = new float[1 << 20];
        WeightWriter failing = WeightWriter.to(path)
                .floats("a", Shape.of(large.length), large)
                .floats("b", Spec.float32(1), () -> {
                    throw new IllegalStateException("the source failed");
                });
        assertThatThrownBy(failing::write)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the source failed");
        assertThat(path).hasBinaryContent(before);
        assertThatThrownBy(() -> WeightWriter.to(path)
                        .floats("a", Shape.of(3), new float[2])
                        .write())
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("'a'")
                .hasMessageContaining("expected 3")
                .hasMessageContaining("found 2");
        assertThat(path).hasBinaryContent(before);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
        assertThatThrownBy(() -> sample(folder.resolve("no/such/folder/w")).write())
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("cannot be written: no such file or folder");
    }

    @Test
    void asksForOneTensorAtATimeWhileItWrites() {
        int[] asked = {0};
        WeightWriter writer = WeightWriter.to(folder.resolve("w"));
        for (String name : new String[] {"a", "b", "c"}) {
            int expected = name.charAt(0) - 'a';
            writer.floats(name, Spec.float32(1), () -> {
                assertThat(asked[0]++).isEqualTo(expected);
                return FloatBuffer.wrap(new float[] {expected});
            });
        }
        assertThat(asked[0]).isZero();
        writer.write();
        assertThat(asked[0]).isEqualTo(3);
    }

    @Test
    void replacesTheFileThatALinkNames() throws IOException {
        Path real = folder.resolve("real");
        sample(real).write();
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        WeightWriter.to(link).floats("a", Shape.of(1), new float[] {5}).write();
        assertThat(link).isSymbolicLink();
        try (WeightFile file = WeightFile.open(real)) {
            assertThat(file.readFloats("a")).containsExactly(5);
        }
    }

    @Test
    void refusesWhatTheFormatCannotHold() {
        WeightWriter writer = WeightWriter.to(folder.resolve("w")).floats("a", Shape.of(1), new float[1]);
        assertThatThrownBy(() -> writer.floats("a", Shape.of(1), new float[1])).isInstanceOf(WeightException.class);
        assertThatThrownBy(() -> writer.floats("__metadata__", Shape.of(1), new float[1]))
                .isInstanceOf(WeightException.class);
        assertThatThrownBy(() -> writer.floats("\ud800", Shape.of(1), new float[1]))
                .isInstanceOf(WeightException.class);
        assertThatThrownBy(() -> writer.floats("i", spec(ElementType.INT32, 1), () -> FloatBuffer.allocate(1)))
                .isInstanceOf(WeightException.class);
        WeightWriter beyond = WeightWriter.to(folder.resolve("h"))
                .floats("h", spec(ElementType.FLOAT16, 2), () -> FloatBuffer.wrap(new float[] {1, 70000}));
        assertThatThrownBy(beyond::write)
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("70000.0 at element 1")
                .hasMessageContaining("FLOAT16");
        WeightWriter infinite = WeightWriter.to(folder.resolve("h"))
                .floats(
                        "h",
                        spec(ElementType.FLOAT16, 1),
                        () -> FloatBuffer.wrap(new float[] {Float.NEGATIVE_INFINITY}));
        infinite.write();
    }
}
