package org.impasto.nn.vgg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InverseNetworkTest {
    private static final List<Integer> WIDTHS = List.of(10, 9, 8, 7, 6, 5, 4, 3);

    @TempDir
    Path folder;

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    @Test
    void aSavedNetworkIsRecognisedAndGivesTheSame() {
        Path file = folder.resolve("inverse.safetensors");
        try (Scope scope = Scope.open();
                Model<InverseNetwork> fresh = Model.fresh(backend, 3, p -> new InverseNetwork(p, 12, WIDTHS))) {
            fresh.save(file);
            Tensor features =
                    Tensor.of(backend, Shape.of(2, 12, 3, 5), new float[360]).affine(1, 0.3);
            Tensor picture = fresh.net().forward(features);
            assertThat(picture.shape()).isEqualTo(Shape.of(2, 3, 12, 20));
            try (Model<? extends Decoder> loaded = Decoder.load(backend, file)) {
                assertThat(loaded.net()).isInstanceOf(InverseNetwork.class);
                assertThat(loaded.net().channels()).isEqualTo(12);
                assertThat(loaded.net().doublings()).isEqualTo(2);
                assertThat(loaded.net().forward(features).toFloats()).isEqualTo(picture.toFloats());
            }
        }
    }

    /** Nine convolutions, 18 weights; at the standard widths each picture is 256 channels of a quarter of its size. */
    @Test
    void standardWidths() {
        try (Scope scope = Scope.open();
                Model<InverseNetwork> fresh = Model.fresh(backend, 3, InverseNetwork::new)) {
            assertThat(fresh.weights().all()).hasSize(18);
            Tensor features = Tensor.of(backend, Shape.of(1, 256, 2, 2), new float[1024]);
            assertThat(fresh.net().forward(features).shape()).isEqualTo(Shape.of(1, 3, 8, 8));
        }
    }

    /** What lies beyond the field of a cell does not change it, and what lies at its border does. */
    @Test
    void fieldIsWhatACellDependsOn() {
        // Winograd's tiles let neighbours take part in the rounding.
        Backend exact = Backends.open(BackendOptions.cpu().withExactConvolution());
        try (Scope scope = Scope.open();
                Model<InverseNetwork> fresh =
                        Model.fresh(exact, 3, p -> new InverseNetwork(p, 4, List.of(32, 32, 32, 32, 32, 32, 32, 32)))) {
            int width = 24;
            int cell = 48;
            var field = fresh.net().field();
            int first = field.input(new org.impasto.nn.tiling.Span(cell, cell + 1), width)
                    .start();
            int last = field.input(new org.impasto.nn.tiling.Span(cell, cell + 1), width)
                            .end()
                    - 1;
            float[] plain = fresh.net()
                    .forward(features(exact, width, -1))
                    .slice(3, cell, 1)
                    .toFloats();
            for (int changed : new int[] {first - 1, last + 1}) {
                assertThat(fresh.net()
                                .forward(features(exact, width, changed))
                                .slice(3, cell, 1)
                                .toFloats())
                        .isEqualTo(plain);
            }
            for (int changed : new int[] {first, last}) {
                assertThat(fresh.net()
                                .forward(features(exact, width, changed))
                                .slice(3, cell, 1)
                                .toFloats())
                        .isNotEqualTo(plain);
            }
        }
    }

    /** Cells of 1, in one column of 50. */
    private static Tensor features(Backend exact, int width, int changed) {
        float[] values = new float[4 * 4 * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % width == changed ? 50 : 1;
        }
        return Tensor.of(exact, Shape.of(1, 4, 4, width), values);
    }

    @Test
    void wrongFiles() {
        Path incomplete = folder.resolve("incomplete.safetensors");
        WeightWriter.to(incomplete)
                .floats("inverse.conv1.weight", Shape.of(2, 3, 3, 3), new float[54])
                .write();
        assertThatThrownBy(() -> Decoder.load(backend, incomplete))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll(incomplete.toString(), "inverse.conv2.weight");
        Path other = folder.resolve("other.safetensors");
        WeightWriter.to(other).floats("layer", Shape.of(2), new float[2]).write();
        assertThatThrownBy(() -> Decoder.load(backend, other))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll(other.toString(), "inverse.conv1.weight", "layer");
        assertThatThrownBy(() -> Model.fresh(backend, 1, p -> new InverseNetwork(p, 4, List.of(2, 2))))
                .hasMessageContaining("eight");
    }
}
