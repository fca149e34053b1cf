package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.style.StyleCode;
import org.impasto.nn.style.StyleMix;
import org.impasto.nn.style.microast.MicroAst;
import org.impasto.nn.style.microast.MicroAstTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MicroAST as a style method: sizes, mixes and masks. */
class MicroAstTransferTest {
    private static final Backend CPU = Backends.standard();

    private long live;

    @BeforeEach
    void count() {
        live = Storage.live();
    }

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    @Test
    void fullStrengthIsThePublishedMethod() {
        Path golden = SharedFiles.folder().resolve("golden/style/microast.alpha1.0.safetensors");
        assumeThat(golden).exists();
        Path weights = SharedFiles.folder().resolve("weights/microast");
        try (WeightFile file = WeightFile.open(golden);
                MicroAstTransfer transfer = MicroAstTransfer.load(
                        CPU,
                        weights.resolve("content_encoder_iter_160000.pth.tar"),
                        weights.resolve("style_encoder_iter_160000.pth.tar"),
                        weights.resolve("modulator_iter_160000.pth.tar"),
                        weights.resolve("decoder_iter_160000.pth.tar"));
                Scope scope = Scope.open()) {
            Tensor found = transfer.stylize(tensor(file, "in.content"), tensor(file, "in.style"), 1);
            double limit = 10 * 5.1e-6 + 1.2e-7; // ten times the error of another float32 implementation
            assertThat(distance(found, tensor(file, "out.y").clamp(0, 1))).isLessThan(limit);
        }
    }

    @Test
    void anySizeComesBackAsItWas() {
        try (MicroAstTransfer transfer = random();
                Scope scope = Scope.open()) {
            Tensor style = RandomTensors.picture(CPU, 2, 1, 21, 34);
            for (int[] size : new int[][] {{1, 1}, {3, 8}, {33, 47}, {1, 30}}) {
                Tensor content = RandomTensors.picture(CPU, 1, 1, size[0], size[1]);
                Tensor found = transfer.stylize(content, style, 0.7);
                assertThat(found.shape()).isEqualTo(content.shape());
                for (float value : found.toFloats()) {
                    assertThat(value).isBetween(0f, 1f);
                }
                assertThat(transfer.stylize(content, style, 0)).isSameAs(content);
            }
        }
    }

    @Test
    void mixesAndMasksSaySameThingsInSeveralWays() {
        try (MicroAstTransfer transfer = random();
                Scope scope = Scope.open();
                StyleCode first = transfer.prepare(RandomTensors.picture(CPU, 2, 1, 40, 32));
                StyleCode second = transfer.prepare(RandomTensors.picture(CPU, 3, 1, 32, 36))) {
            Tensor content = RandomTensors.picture(CPU, 1, 1, 41, 38);
            Tensor ones = content.constant(Shape.of(1, 1, 41, 38), 1);
            Tensor zeros = content.constant(Shape.of(1, 1, 41, 38), 0);
            Tensor alone = transfer.stylize(content, StyleMix.of(first));
            Tensor half = transfer.stylize(content, StyleMix.of(first).and(second, 1));
            same(alone, transfer.stylize(content, StyleMix.of(first).and(first, 3)));
            same(alone, transfer.stylize(content, StyleMix.of(first, ones)));
            same(alone, transfer.stylize(content, StyleMix.of(first, ones).and(second, zeros)));
            same(half, transfer.stylize(content, StyleMix.of(first, ones).and(second, ones)));
            // At no strength what counts is the content seen as a style; where no style counts, the content.
            Tensor own = transfer.stylize(content, StyleMix.of(first).withStrength(1e-9));
            assertThat(transfer.stylize(content, StyleMix.of(second, zeros)).toFloats())
                    .isEqualTo(content.toFloats());
            assertThat(distance(alone, half)).isGreaterThan(1e-3);
            assertThat(distance(alone, own)).isGreaterThan(1e-3);
        }
    }

    /** Float32 through some fifteen layers, of values that are not small against 1. */
    private static void same(Tensor expected, Tensor found) {
        assertThat(distance(expected, found)).isLessThan(2e-4);
    }

    private static double distance(Tensor a, Tensor b) {
        float[] first = a.toFloats();
        float[] second = b.toFloats();
        double largest = 0;
        for (int i = 0; i < first.length; i++) {
            largest = Math.max(largest, Math.abs(first[i] - second[i]));
        }
        return largest;
    }

    private static Tensor tensor(WeightFile file, String name) {
        return Tensor.of(CPU, file.spec(name).shape(), file.readFloats(name));
    }

    private static MicroAstTransfer random() {
        return new MicroAstTransfer(Model.fresh(CPU, 4, MicroAst::new));
    }
}
