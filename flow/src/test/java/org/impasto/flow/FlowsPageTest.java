package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/flows.md, run as it stands there. */
class FlowsPageTest {
    private static final Path ROOT = Path.of(System.getProperty("impasto.root", ".."));
    private static final Path SHARED =
            ROOT.resolve(System.getProperty("impasto.shared", "../shared")).normalize();

    @Test
    void thePageIsWhatIsRun() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/flows.md"));
        String here = plain(Files.readString(ROOT.resolve("flow/src/test/java/org/impasto/flow/FlowsPageTest.java")));
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        int count = 0;
        while (blocks.find()) {
            count++;
            String code = plain(blocks.group(1)).replaceFirst("}+$", ""); // here assertions may follow before it closes
            assertThat(here).contains(code);
        }
        assertThat(count).isEqualTo(7);
    }

    /** Line breaks and indentation are the formatter's. */
    private static String plain(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void glow(@TempDir Path folder) {
        Path file = folder.resolve("glow.safetensors");
        Path path = folder.resolve("picture.png");
        try (Scope scope = Scope.open();
                Model<Glow> made = RandomFlows.model(
                        Backends.standard(), 1, 0.3, p -> new Glow(p, Glow.Options.of(3, 8, 2, 64)))) {
            made.save(file);
            Image.of(RandomFlows.levels(Backends.standard(), new Random(1), 1, 3, 16, 20))
                    .write(path);
        }
        Backend backend = Backends.standard();
        Glow.Options options = Glow.Options.of(3, 8, 2, 64); // channels, steps, levels, width of couplings
        try (Model<Glow> model = Model.load(backend, file, Glow.names(), p -> new Glow(p, options));
                Scope scope = Scope.open(Run.inference(7))) {
            Glow glow = model.net();
            Tensor picture = Image.read(path).tensor(backend); // 1 x 3 x H x W, sides multiples of 4
            Encoding encoding = glow.encode(picture); // latents of both levels, logDet and logDensity
            Tensor same = glow.decode(encoding.latents()); // the picture, exactly
            Tensor drawn = glow.sample(picture, picture.shape(), 0.7); // a new one, at temperature 0.7
            List<Tensor> between = glow.interpolate(picture, same, 0.25, 0.5, 0.75);
            Certificate certificate = glow.verify(picture);
            System.out.println(certificate);
            assertThat(certificate.largestError()).isLessThan(1e-6); // of a picture in [0, 1]
            assertThat(certificate.levelsSurvive()).isTrue(); // an 8-bit file of it would be the same, byte by byte
            assertThat(drawn.shape()).isEqualTo(picture.shape());
            assertThat(between).hasSize(3);
        }
    }

    @Test
    void train() {
        Backend backend = Backends.standard();
        Glow.Options options = Glow.Options.of(3, 2, 2, 8);
        Tensor pictures = RandomFlows.levels(backend, new Random(1), 4, 3, 8, 8);
        try (Model<Glow> model = Model.fresh(backend, 42, p -> new Glow(p, options));
                Scope scope = Scope.open(Run.training(1))) {
            UniformDequantization dequantization = UniformDequantization.centred(256); // to [-0.5, 0.5]
            Tensor levels = Dequantization.levels(pictures, 256);
            model.net().initialize(dequantization.forward(levels).y());
            Invertible.Result numbers = dequantization.forward(levels);
            Tape.Gradients gradients = Tape.gradients(
                    x -> {
                        Encoding encoding = model.net().encode(x);
                        return encoding.bitsPerDimension(numbers.logDet()).mean();
                    },
                    numbers.y());
            System.out.println(gradients.value().item() + " bits per dimension");
            // Levels drawn evenly need 8 bits, and a model that knows their spread little more.
            assertThat(gradients.value().item()).isCloseTo(8.5, within(0.7));
            assertThat(gradients.parameters()).hasSize(2 * 2 * 12 + 2 * 3);
        }
    }

    static InvertibleSequence network(Parameters p) {
        return InvertibleSequence.of(
                new Logit(1e-5), // [0, 1] to the whole line
                new MaskCoupling(
                        p.in("checkers"), Mask.checkerboard(16, 16), 3, room -> new GatedConvNet(room, 3, 16, 6, 2)),
                new Squeeze(), // 3 x 16 x 16 to 12 x 8 x 8
                new ActNorm(p.in("norm"), 12),
                new LuConvolution1x1(p.in("mix"), 12),
                new AffineCoupling(new CouplingNetwork(p.in("coupling"), 6, 12, 32)),
                new InvertibleLeakyRelu(0.8));
    }

    @Test
    void compose() {
        try (Scope scope = Scope.open();
                Model<InvertibleSequence> model =
                        RandomFlows.model(Backends.standard(), 3, 0.5, FlowsPageTest::network)) {
            Tensor picture = RandomFlows.levels(Backends.standard(), new Random(1), 1, 3, 16, 16);
            assertThat(model.net().verify(picture).levelsSurvive()).isTrue();
        }
    }

    @Test
    void aLayerOfYourOwn() {
        Backend backend = new ReferenceBackend(); // float64 throughout
        Invertible layer = new InvertibleLeakyRelu(0.8);
        try (Scope scope = Scope.open(Run.inference(1))) {
            Tensor x = Tensor.noise(backend, new Spec(Shape.of(2, 3, 4, 4), ElementType.FLOAT64));
            assertThat(layer.inverse(layer.forward(x).y()).sub(x).abs().max().item())
                    .isLessThan(1e-15);
            GradientCheck.check(t -> layer.forward(t).y(), x);
        }
    }

    @Test
    void publishedFlows() {
        Path folder = SHARED.resolve("weights/mnistflow");
        assumeTrue(Files.isDirectory(folder), "no weights at " + folder);
        Backend backend = Backends.standard();
        Tensor digits = Tensor.full(backend, new Spec(Shape.of(1, 1, 28, 28), ElementType.FLOAT32), 0);
        for (boolean variational : new boolean[] {false, true}) {
            Path checkpoint = folder.resolve(variational ? "MNISTFlow_vardeq.ckpt" : "MNISTFlow_simple.ckpt");
            WeightNames names = WeightNames.asInFile().below("state_dict.").ignoring(name -> name.startsWith("result"));
            try (Model<ImageFlow> model = Model.load(
                            backend, checkpoint, names, p -> ImageFlow.checkerboards(p, 28, 28, variational));
                    Scope scope = Scope.open(Run.inference(1))) {
                Tensor bits = model.net().encode(digits).bitsPerDimension(); // N x 1 x 28 x 28, levels 0 to 255
                assertThat(bits.item()).isBetween(0.0, 1.0); // an empty picture is very likely
            }
        }
    }
}

/** x where positive, else slope x. */
final class InvertibleLeakyRelu implements Invertible {
    private final double slope;

    InvertibleLeakyRelu(double slope) {
        this.slope = slope;
    }

    @Override
    public Result forward(Tensor x) {
        Tensor negative = x.negate().sign().relu(); // 1 where x is below 0
        Tensor logDet = negative.affine(Math.log(slope), 0)
                .sum(1, 2, 3)
                .reshape(x.shape().size(0));
        return new Result(x.leakyRelu(slope), logDet);
    }

    @Override
    public Tensor inverse(Tensor y) {
        return y.leakyRelu(1 / slope);
    }
}
