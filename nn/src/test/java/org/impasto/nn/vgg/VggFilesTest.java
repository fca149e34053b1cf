package org.impasto.nn.vgg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg19F3.Resolution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that hold a VGG, a part of one, or something like one. */
class VggFilesTest {
    private static final int[] NAMES = {0, 2, 5, 7, 10, 12, 14, 16, 19};
    private static final int[] CHANNELS = {3, 4, 4, 8, 8, 16, 16, 16, 16, 24};

    @TempDir
    Path folder;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    /** Convolutions of a narrow VGG-19 in torchvision's layout, from one to another, both counted from 0. */
    private Path file(int from, int to, int... left) {
        Path path = folder.resolve("vgg.safetensors");
        WeightWriter writer = WeightWriter.to(path);
        for (int i = from; i <= to; i++) {
            int index = i;
            if (java.util.Arrays.stream(left).anyMatch(out -> out == index)) {
                continue;
            }
            writer.floats(
                    "features." + NAMES[i] + ".weight",
                    Shape.of(CHANNELS[i + 1], CHANNELS[i], 3, 3),
                    new float[9 * CHANNELS[i] * CHANNELS[i + 1]]);
            writer.floats("features." + NAMES[i] + ".bias", Shape.of(CHANNELS[i + 1]), new float[CHANNELS[i + 1]]);
        }
        writer.write();
        return path;
    }

    private Tensor picture() {
        return Tensor.full(backend, new Spec(Shape.of(1, 3, 32, 40), ElementType.FLOAT32), 0.5);
    }

    @Test
    void wholeBlocksHaveTheirPoolings() {
        Path path = file(0, 7);
        try (Model<Vgg> vgg = Vgg.load(backend, path)) {
            assertThat(vgg.net().variant().missing()).isEmpty();
            assertThat(vgg.net().variant().wholeBlocks()).isEqualTo(3);
            assertThat(vgg.net().taps()).endsWith("relu3_4", "pool3");
        }
        try (Model<Vgg19F3> f3 = Vgg19F3.load(backend, path, Resolution.FULL);
                Scope scope = Scope.open()) {
            assertThat(f3.net().features(picture()))
                    .extracting(Tensor::shape)
                    .containsExactly(Shape.of(1, 4, 16, 20), Shape.of(1, 8, 8, 10), Shape.of(1, 16, 4, 5));
        }
        // A fourth block that is not whole changes nothing for the first three.
        Vgg19F3.load(backend, file(0, 8), Resolution.FULL).close();
    }

    @Test
    void aFileThatEndsInsideABlockHasNoPoolingBehindIt() {
        Path path = file(0, 4);
        try (Model<Vgg> vgg = Vgg.load(backend, path);
                Scope scope = Scope.open()) {
            assertThat(vgg.net().variant().missing()).isEqualTo(List.of("features.12", "features.14", "features.16"));
            assertThat(vgg.net().taps()).endsWith("pool2", "relu3_1");
            Tensor picture = picture();
            assertThat(vgg.net().forward(picture).shape()).isEqualTo(Shape.of(1, 16, 8, 10));
            assertThatThrownBy(() -> vgg.net().features(picture, "pool3"))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContainingAll("pool3", "conv3_1", "features.12");
        }
        assertThatThrownBy(() -> Vgg19F3.load(backend, path, Resolution.FULL))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll(path.toString(), "pool3", "features.12, features.14, features.16");
        try (Model<Vgg> vgg = Vgg.load(backend, path)) {
            VggVariant variant = vgg.net().variant();
            assertThatThrownBy(() -> variant.firstBlocks(3)).isInstanceOf(WeightException.class);
            assertThat(variant.firstBlocks(2).missing()).isEmpty();
        }
    }

    @Test
    void tooFewBlocksAreRefusedForThree() {
        Path path = file(0, 3);
        assertThatThrownBy(() -> Vgg19F3.load(backend, path, Resolution.FULL))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll(path.toString(), "2 blocks", "pool3");
    }

    @Test
    void aGapIsNoEnd() {
        Path path = file(0, 7, 3);
        assertThatThrownBy(() -> Vgg.load(backend, path))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll(path.toString(), "features.7.weight", "features.10.weight");
    }
}
