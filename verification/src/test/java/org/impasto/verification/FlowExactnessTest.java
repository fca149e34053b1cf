package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.flow.Certificate;
import org.impasto.flow.Glow;
import org.impasto.flow.ImageFlow;
import org.impasto.nn.Model;
import org.impasto.nn.WeightNames;
import org.impasto.testing.golden.GoldenCase;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Round trips of published and golden flows, and the likelihood of real digits. */
class FlowExactnessTest {
    /** Where float32 states come back within 8.0e-5. */
    @TestFactory
    Stream<DynamicTest> ninetySixStepsComeBack() {
        Path file = SharedFiles.folder().resolve("golden/flow/deep.safetensors");
        return CpuVariant.all().stream()
                .map(variant -> DynamicTest.dynamicTest(variant.toString(), () -> {
                    assumeTrue(Files.exists(file), "no golden file at " + file);
                    Backend backend = variant.open(BackendOptions.cpu());
                    try (GoldenCase golden = GoldenCase.open(file);
                            Model<Glow> model = FlowGoldenOperations.glowModel(golden, backend);
                            Scope scope = Scope.open()) {
                        Certificate certificate = model.net().verify(golden.tensor(backend, "in.x"));
                        System.out.println(variant + ": " + certificate);
                        assertThat(certificate.largestError()).isLessThan(1e-6);
                        assertThat(certificate.levelsSurvive()).isTrue();
                    }
                }));
    }

    @Test
    void digitsComeBackThroughPublishedFlows() throws IOException {
        for (boolean variational : new boolean[] {false, true}) {
            try (Model<ImageFlow> model = published(variational);
                    Scope scope = Scope.open(Run.inference(1))) {
                Tensor digits = digits(100, 15);
                Tensor latents = model.net().encode(digits).latents().get(0);
                assertThat(model.net().decode(latents).toDoubles()).containsExactly(digits.toDoubles());
            }
        }
    }

    /** Published over the whole set, with as many samples of the noise: 1.0784 and 1.0431. */
    @Test
    @Tag("slow")
    void bitsPerDimensionOfAllTestDigits() throws IOException {
        double[] means = new double[2];
        for (int kind = 0; kind < 2; kind++) {
            double sum = 0;
            try (Model<ImageFlow> model = published(kind == 1);
                    Scope scope = Scope.open(Run.inference(1))) {
                for (int first = 0; first < 10_000; first += 20) {
                    try (Scope batch = Scope.open()) {
                        sum += model.net()
                                .bitsPerDimension(digits(first, 20), 8)
                                .sum()
                                .item();
                    }
                }
            }
            means[kind] = sum / 10_000;
            System.out.println((kind == 0 ? "simple: " : "variational: ") + means[kind] + " bits per dimension");
        }
        assertThat(means[0]).isBetween(1.05, 1.09);
        assertThat(means[1]).isBetween(1.01, 1.06);
    }

    private static Model<ImageFlow> published(boolean variational) {
        Path file = SharedFiles.folder()
                .resolve("weights/mnistflow/MNISTFlow_" + (variational ? "vardeq" : "simple") + ".ckpt");
        assumeTrue(Files.exists(file), "no weights at " + file);
        WeightNames names = WeightNames.asInFile().below("state_dict.").ignoring(name -> name.startsWith("result"));
        return Model.load(Backends.standard(), file, names, p -> ImageFlow.checkerboards(p, 28, 28, variational));
    }

    /** Some of the test digits, (count, 1, 28, 28) with levels from 0 to 255. */
    private static Tensor digits(int first, int count) throws IOException {
        Path file = SharedFiles.folder().resolve("mnist/t10k-images-idx3-ubyte.gz");
        assumeTrue(Files.exists(file), "no digits at " + file);
        try (InputStream bytes = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)));
                DataInputStream data = new DataInputStream(bytes)) {
            assertThat(data.readInt()).isEqualTo(2051);
            data.skipNBytes(12 + 784L * first);
            float[] levels = new float[784 * count];
            for (int i = 0; i < levels.length; i++) {
                levels[i] = data.readUnsignedByte();
            }
            return Tensor.of(Backends.standard(), Shape.of(count, 1, 28, 28), levels);
        }
    }
}
