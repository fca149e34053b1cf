package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightFileTest {
    @TempDir
    Path folder;

    private WeightFile open(String name, byte[] bytes) throws IOException {
        return WeightFile.open(Files.write(folder.resolve(name), bytes));
    }

    @Test
    void readsSafetensorsByContentWhateverTheName() throws IOException {
        try (WeightFile file = open("no.suffix", Fixtures.safetensors())) {
            assertThat(file.format()).isEqualTo("safetensors");
            assertThat(file.names()).containsExactly("weight", "count", "none", "mask");
            assertThat(file.spec("weight")).isEqualTo(Spec.float32(2, 3));
            assertThat(file.readFloats("weight")).containsExactly(Fixtures.WEIGHT);
            assertThat(file.spec("count")).isEqualTo(new Spec(Shape.scalar(), ElementType.INT64));
            assertThat(file.readLongs("count")).containsExactly(7);
            assertThat(file.readFloats("none")).isEmpty();
            assertThat(file.readLongs("mask")).containsExactly(0, 1);
            assertThat(file.metadata()).containsExactly(Map.entry("what", "a fixture"));
        }
    }

    @Test
    void readsBothKindsOfPyTorchFile() throws IOException {
        for (byte[] bytes : List.of(Fixtures.torchZip(), Fixtures.legacy())) {
            try (WeightFile file = open("model.pth", bytes)) {
                assertThat(file.names())
                        .containsExactly("state_dict.conv.weight", "state_dict.conv.turned", "state_dict.last");
                assertThat(file.readFloats("state_dict.conv.weight")).containsExactly(Fixtures.WEIGHT);
                assertThat(file.spec("state_dict.conv.turned")).isEqualTo(Spec.float32(3, 2));
                assertThat(file.readFloats("state_dict.conv.turned")).containsExactly(1, 0.25f, -2, 1e-20f, 3.5f, 6);
                assertThat(file.readDoubles("state_dict.last")).containsExactly(6);
                assertThat(file.values())
                        .containsExactly(
                                Map.entry("epoch", 3L),
                                Map.entry("rates", List.of(0.5, 0.25)),
                                Map.entry("name", "epoch"));
            }
        }
    }

    // Saved by PyTorch 2.13: {"transposed": arange(6).reshape(2, 3).t(), "half": a parameter, "size", "dtype",
    // "device"}.
    @Test
    void readsFilesThatPyTorchWrote() throws IOException {
        for (String name : List.of("pytorch-zip.pt", "pytorch-legacy.pt")) {
            byte[] bytes;
            try (var stream = WeightFileTest.class.getResourceAsStream(name)) {
                bytes = stream.readAllBytes();
            }
            try (WeightFile file = open(name, bytes)) {
                assertThat(file.names()).containsExactly("transposed", "tail", "half", "ints.0");
                assertThat(file.spec("transposed")).isEqualTo(Spec.float32(3, 2));
                assertThat(file.readFloats("transposed")).containsExactly(0, 3, 1, 4, 2, 5);
                assertThat(file.readFloats("tail")).containsExactly(4, 5);
                assertThat(file.spec("half")).isEqualTo(new Spec(Shape.of(2), ElementType.FLOAT16));
                assertThat(file.readFloats("half")).containsExactly(0.5f, -65504);
                assertThat(file.readLongs("ints.0")).containsExactly(-1, 1L << 40);
                assertThat(file.values())
                        .containsEntry("size", List.of(4L, 5L))
                        .containsEntry("dtype", "torch.float32")
                        .containsEntry("device", "cuda:1");
            }
        }
    }

    @Test
    void readsASingleTensorAndAPythonTwoPickle() {
        byte[] single =
                new Pickle().tensor(6, 1, List.of(2L, 2L), List.of(3L, 1L)).stop();
        assertThat(Fixtures.open(Fixtures.torchZip(single, Fixtures.floats(Fixtures.WEIGHT)))
                        .readFloats("tensor"))
                .containsExactly(-2, 3.5f, 1e-20f, 6);
        byte[] old = new Pickle()
                .global("collections", "OrderedDict")
                .list()
                .list()
                .mark()
                .op('U', 1, 'w')
                .tensor(6, 0, List.of(6L), List.of(1L))
                .appends()
                .append()
                .op(0x85)
                .reduce()
                .stop();
        assertThat(Fixtures.open(Fixtures.legacy(old, Fixtures.floats(Fixtures.WEIGHT)))
                        .readFloats("w"))
                .containsExactly(Fixtures.WEIGHT);
    }

    @Test
    void readsAnOlderStorageThatIsAViewOfAnother() {
        byte[] pickle = new Pickle()
                .global("torch._utils", "_rebuild_tensor")
                .mark()
                .mark()
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .number(6)
                .mark()
                .text("view")
                .number(2)
                .number(3)
                .op('t', 't', 'Q')
                .number(1)
                .numbers(List.of(2L))
                .numbers(List.of(1L))
                .op('t')
                .reduce()
                .stop();
        assertThat(Fixtures.open(Fixtures.legacy(pickle, Fixtures.floats(Fixtures.WEIGHT)))
                        .readFloats("tensor"))
                .containsExactly(0.25f, 1e-20f);
    }

    @Test
    void readsNumpyArraysOfBothOrders() throws IOException {
        try (WeightFile file = open("a.npy", Fixtures.npy())) {
            assertThat(file.spec("tensor")).isEqualTo(Spec.float32(2, 3));
            assertThat(file.readFloats("tensor")).containsExactly(1, 3.5f, 1e-20f, -2, 0.25f, 6);
        }
        try (WeightFile file = open("a.npz", Fixtures.npz())) {
            assertThat(file.names()).containsExactly("weight", "b/bias");
            assertThat(file.readFloats("weight")).containsExactly(1, 3.5f, 1e-20f, -2, 0.25f, 6);
            assertThat(file.readLongs("b/bias")).containsExactly(9);
        }
    }

    @Test
    void readsShardsThroughTheirIndexOrTheirFolder() throws IOException {
        Files.write(folder.resolve("model-1.safetensors"), Fixtures.safetensors());
        Files.write(
                folder.resolve("model-2.safetensors"),
                Fixtures.safetensors(
                        "{\"bias\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]}}",
                        Fixtures.floats(Fixtures.WEIGHT)));
        Path index = Files.writeString(folder.resolve("model.safetensors.index.json"), """
                {"metadata": {"total_size": 48},
                 "weight_map": {"bias": "model-2.safetensors", "weight": "model-1.safetensors"}}
                """);
        for (Path path : List.of(index, folder)) {
            try (WeightFile file = WeightFile.open(path)) {
                assertThat(file.names()).containsExactly("bias", "weight");
                assertThat(file.readFloats("bias")).containsExactly(Fixtures.WEIGHT);
                assertThat(file.metadata()).containsEntry("total_size", "48");
            }
        }
        Files.writeString(index, "{\"weight_map\": {\"gone\": \"model-2.safetensors\"}}");
        assertThatThrownBy(() -> WeightFile.open(index))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("'gone'");
        Files.writeString(index, "{\"weight_map\": {\"bias\": \"model-3.safetensors\"}}");
        assertThatThrownBy(() -> WeightFile.open(index))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("model-3.safetensors: no such file");
    }

    @Test
    void refusesAnIndexThatLeavesItsFolder() throws IOException {
        for (String shard : List.of("../model.safetensors", "/etc/passwd", "..", "", "a\\\\b", "a:b", "x\\u0000")) {
            Path index = Files.writeString(
                    folder.resolve("i.safetensors.index.json"), "{\"weight_map\": {\"w\": \"" + shard + "\"}}");
            assertThatThrownBy(() -> WeightFile.open(index))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("same folder");
        }
    }

    @Test
    void refusesAFolderWithoutWeightsAndAFileThatIsNone() throws IOException {
        assertThatThrownBy(() -> WeightFile.open(folder))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("without a weight file");
        assertThatThrownBy(() -> WeightFile.open(folder.resolve("missing")))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> open("text", new byte[] {'h', 'e', 'l', 'l', 'o'}))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("not a weight file")
                .hasMessageContaining("68656c6c6f");
        assertThatThrownBy(() -> open("empty", new byte[0])).isInstanceOf(WeightException.class);
    }

    @Test
    void namesWhatIsMissingAndWhatIsLike() throws IOException {
        try (WeightFile file = open("model.pth", Fixtures.torchZip())) {
            assertThat(file.has("conv.weight")).isFalse();
            assertThatThrownBy(() -> file.spec("conv.weight"))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("model.pth")
                    .hasMessageContaining("state_dict.conv.weight");
            assertThatThrownBy(() -> file.readLongs("state_dict.last"))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("expected integers");
            assertThatThrownBy(() -> file.read("state_dict.conv.weight", FloatBuffer.allocate(5)))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("room for 5");
        }
    }

    @Test
    void readsPiecesIntoABuffer() throws IOException {
        try (WeightFile file = open("model.pth", Fixtures.torchZip())) {
            FloatBuffer buffer = FloatBuffer.allocate(8);
            file.read("state_dict.conv.turned", 3, 2, buffer);
            file.read("state_dict.conv.weight", buffer);
            assertThat(buffer.position()).isEqualTo(8);
            assertThat(buffer.array()).containsExactly(1e-20f, 3.5f, 1, -2, 3.5f, 0.25f, 1e-20f, 6);
            assertThatThrownBy(() -> file.read("state_dict.conv.turned", 5, 2, FloatBuffer.allocate(9)))
                    .isInstanceOf(WeightException.class);
            assertThatThrownBy(() -> file.read("state_dict.conv.turned", -1, 2, FloatBuffer.allocate(9)))
                    .isInstanceOf(WeightException.class);
        }
    }

    @Test
    void aClosedFileSaysSo() throws IOException {
        WeightFile file = open("w.safetensors", Fixtures.safetensors());
        file.close();
        file.close();
        assertThatThrownBy(() -> file.readFloats("weight"))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("w.safetensors");
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void convertsEveryElementType(ElementType type) {
        ByteBuffer data = ByteBuffer.allocate(2 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        double[] expected;
        switch (type) {
            case FLOAT64 -> {
                data.putDouble(0.1).putDouble(-1e300);
                expected = new double[] {0.1, -1e300};
            }
            case FLOAT32 -> {
                data.putFloat(0.1f).putFloat(-1e30f);
                expected = new double[] {0.1f, -1e30f};
            }
            case FLOAT16 -> {
                data.putShort((short) 0x3c00).putShort((short) 0xfbff);
                expected = new double[] {1, -65504};
            }
            case BFLOAT16 -> {
                data.putShort((short) 0x3f80).putShort((short) 0xc049);
                expected = new double[] {1, -3.140625};
            }
            default -> {
                boolean signed = !type.name().startsWith("U") && type != ElementType.BOOL;
                byte[] ones = new byte[type.bytes()];
                java.util.Arrays.fill(ones, (byte) -1);
                data.put(ones).put((byte) 1);
                double all = signed ? -1 : type == ElementType.BOOL ? 1 : Math.pow(2, 8 * type.bytes()) - 1;
                expected = new double[] {all, 1};
            }
        }
        String header = "{\"t\":{\"dtype\":\"" + Safetensors.code(type) + "\",\"shape\":[2],\"data_offsets\":[0,"
                + data.capacity() + "]}}";
        WeightFile file = Fixtures.open(Fixtures.safetensors(header, data.array()));
        assertThat(file.spec("t").type()).isEqualTo(type);
        assertThat(file.readDoubles("t")).containsExactly(expected);
        assertThat(file.readFloats("t")).containsExactly((float) expected[0], (float) expected[1]);
        if (type == ElementType.UINT64) {
            assertThatThrownBy(() -> file.readLongs("t"))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("18446744073709551615");
        } else if (!type.isFloating()) {
            assertThat(file.readLongs("t")).containsExactly((long) expected[0], (long) expected[1]);
        }
    }

    @Test
    void gathersAStridedTensorLargerThanItsPieces() {
        // 300 x 400 floats read as their transpose of every second column: more than one piece.
        float[] values = new float[300 * 400];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        byte[] pickle = new Pickle()
                .tensor(values.length, 1, List.of(200L, 300L, 2L), List.of(2L, 400L, 0L))
                .stop();
        WeightFile file = Fixtures.open(Fixtures.legacy(pickle, Fixtures.floats(values)));
        float[] gathered = file.readFloats("tensor");
        for (int column = 0; column < 200; column++) {
            for (int row = 0; row < 300; row++) {
                float expected = 400 * row + 2 * column + 1;
                assertThat(gathered[(column * 300 + row) * 2]).isEqualTo(expected);
                assertThat(gathered[(column * 300 + row) * 2 + 1]).isEqualTo(expected);
            }
        }
    }

    @Test
    void readsBeyondTwoGibibytes() throws IOException {
        // A sparse file: 2.5 GiB of zeros, with numbers at its end.
        long zeros = 640L << 20;
        Path path = folder.resolve("large.safetensors");
        byte[] header = Fixtures.safetensors(
                "{\"zeros\":{\"dtype\":\"F32\",\"shape\":[" + zeros + "],\"data_offsets\":[0," + 4 * zeros + "]},"
                        + "\"end\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[" + 4 * zeros + ","
                        + (4 * zeros + 24) + "]}}",
                new byte[0]);
        try (var channel = java.nio.channels.FileChannel.open(
                path,
                java.nio.file.StandardOpenOption.CREATE_NEW,
                java.nio.file.StandardOpenOption.SPARSE,
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(header));
            channel.write(ByteBuffer.wrap(Fixtures.floats(Fixtures.WEIGHT)), header.length + 4 * zeros);
        }
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.readFloats("end")).containsExactly(Fixtures.WEIGHT);
            FloatBuffer last = FloatBuffer.allocate(3);
            file.read("zeros", zeros - 3, 3, last);
            assertThat(last.array()).containsExactly(0, 0, 0);
        }
    }

    @Test
    void listsThePythonNamesThatAFileAsksFor() throws IOException {
        byte[] pickle = new Pickle()
                .dictionary()
                .text("arguments")
                .global("argparse", "Namespace")
                .op(')', 0x81)
                .setItem()
                .text("weights")
                .tensor(6, 0, List.of(6L), List.of(1L))
                .setItem()
                .op(0x8c, 2, 'o', 's', 0x8c, 6, 's', 'y', 's', 't', 'e', 'm', 0x93)
                .stop();
        for (byte[] bytes : List.of(
                Fixtures.torchZip(pickle, Fixtures.floats(Fixtures.WEIGHT)),
                Fixtures.legacy(pickle, Fixtures.floats(Fixtures.WEIGHT)))) {
            Path path = Files.write(folder.resolve("model.ckpt"), bytes);
            PickleGlobals globals = PickleGlobals.list(path);
            assertThat(globals.refused()).containsExactly("argparse.Namespace", "os.system");
            assertThat(globals.allowed())
                    .containsExactly(
                            "collections.OrderedDict", "torch.FloatStorage", "torch._utils._rebuild_tensor_v2");
            assertThatThrownBy(() -> WeightFile.open(path))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContaining("argparse.Namespace")
                    .hasMessageContaining("os.system");
        }
        Map<String, byte[]> none = new LinkedHashMap<>();
        none.put("w.npy", Fixtures.npy());
        Path npz = Files.write(folder.resolve("w.npz"), Fixtures.zip(none));
        assertThatThrownBy(() -> PickleGlobals.list(npz)).isInstanceOf(WeightException.class);
    }
}
