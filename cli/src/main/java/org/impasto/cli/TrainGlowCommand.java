package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.flow.Certificate;
import org.impasto.flow.Dequantization;
import org.impasto.flow.Encoding;
import org.impasto.flow.GaussianBaseline;
import org.impasto.flow.Glow;
import org.impasto.flow.Invertible;
import org.impasto.flow.Logit;
import org.impasto.flow.UniformDequantization;
import org.impasto.nn.Model;
import org.impasto.nn.data.Batches;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.training.Loss;
import org.impasto.nn.training.LossFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a small Glow on grey pictures. */
@Command(
        name = "glow",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Trains a normalizing flow (Kingma and Dhariwal, Glow, 2018) on grey pictures of one size, such as"
                        + " the digits of MNIST: it gives their likelihood and draws new ones.",
        sortOptions = false,
        footerHeading = "%nSamples:%n",
        footer = {
            "  three rows of new pictures, at temperatures 0.5, 0.7 and 1; a row of given",
            "  pictures, a row of the same sent forth and back, and a row from the first of",
            "  them to the second through latent space.",
            "",
            "Example:",
            "  impasto train glow --digits train-images-idx3-ubyte.gz \\",
            "      --test t10k-images-idx3-ubyte.gz --steps 3000 --out glow"
        })
final class TrainGlowCommand implements Callable<Integer> {
    private static final int LEVELS = 256;
    private static final double[] TEMPERATURES = {0.5, 0.7, 1};
    private static final int SHOWN = 10;
    private static final int TEST_BATCH = 100;
    private static final int FIRST_BATCH = 256; // for the actnorms
    private static final int WARM_UP = 100;
    private static final double LARGEST_NORM = 50;

    private final Terminal terminal;
    private final UniformDequantization dequantization = UniformDequantization.unit(LEVELS);
    /** Without it, densities of paper and ink differ so much that the couplings' scales overflow on the way back. */
    private final Logit logit = new Logit(1e-5);

    @Option(
            names = "--digits",
            required = true,
            paramLabel = "FILE",
            description = "Pictures to learn from: an idx file of MNIST, plain or gzip.")
    private Path digits;

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "Pictures of the same size to measure the likelihood on at the end, beside that of a normal"
                    + " distribution.")
    private @Nullable Path test;

    @Option(
            names = "--flows",
            paramLabel = "N",
            defaultValue = "8",
            description = "Steps of flow at each of the two levels. Default: ${DEFAULT-VALUE}.")
    private int flows;

    @Option(
            names = "--width",
            paramLabel = "N",
            defaultValue = "64",
            description = "Channels inside the couplings' networks. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Mixin
    private TrainingOptions training = new TrainingOptions(3000, 64, 0.001, 500);

    TrainGlowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        training.check();
        TrainingOptions.within("--flows", flows, 64);
        TrainingOptions.within("--width", width, 1024);
        FileChecks.input("--digits", digits);
        if (test != null) {
            FileChecks.input("--test", test);
        }
        Job.train(terminal, "train", training.out(), training.seed(), this::work);
        terminal.out().println("wrote " + training.out());
        return 0;
    }

    // ---- training

    private void work(Job job) {
        Backend backend = CommandBackend.get();
        Digits pictures = Digits.read(digits);
        Digits measured = test == null ? pictures : Digits.read(test);
        checkSize(digits, pictures);
        if (measured.height() != pictures.height() || measured.width() != pictures.width()) {
            throw new FailureException("--test " + test + ": pictures of " + measured.width() + "x" + measured.height()
                    + ", expected " + pictures.width() + "x" + pictures.height() + " as in --digits");
        }
        Glow.Options options = Glow.Options.of(1, flows, 2, width);
        Batches<int[]> places = step -> new SplittableRandom(training.seed() * 0x9e3779b97f4a7c15L + step)
                .ints(training.batch(), 0, pictures.count())
                .toArray();
        try (Model<Glow> model = Model.fresh(backend, training.seed(), p -> new Glow(p, options));
                Optimizer optimizer = training.optimizer(model)) {
            initialize(model.net(), pictures, backend);
            LossFunction<int[]> loss = (chosen, on) ->
                    Loss.of(bits(model.net(), pictures.tensor(on, chosen)).mean());
            training.trainer(model, optimizer, places, loss, WARM_UP, step -> sheet(model.net(), measured))
                    .clipNorm(LARGEST_NORM)
                    .listener(new TrainingReport(terminal, job, "%.3f bits"))
                    .train(job.run());
            if (test != null) {
                compare(model.net(), pictures, measured);
            }
        }
    }

    private static void checkSize(Path file, Digits pictures) {
        if (pictures.height() % 4 != 0 || pictures.width() % 4 != 0) {
            throw new FailureException("--digits " + file + ": pictures of " + pictures.width() + "x"
                    + pictures.height() + ", expected sides that are multiples of 4");
        }
    }

    /** Before the first step; a run that is resumed has the weights of its checkpoint after it. */
    private void initialize(Glow network, Digits pictures, Backend backend) {
        try (Scope scope = Scope.open(Run.inference(training.seed()))) {
            int[] first =
                    IntStream.range(0, Math.min(FIRST_BATCH, pictures.count())).toArray();
            network.initialize(spread(dequantization.forward(pictures.tensor(backend, first)))
                    .y());
        }
    }

    /** Bits for each number of each picture. */
    private Tensor bits(Glow network, Tensor levels) {
        Invertible.Result numbers = spread(dequantization.forward(levels));
        Encoding encoding = network.encode(numbers.y());
        return encoding.bitsPerDimension(numbers.logDet());
    }

    /** From [0, 1) to the whole line. */
    private Invertible.Result spread(Invertible.Result numbers) {
        Invertible.Result result = logit.forward(numbers.y());
        return new Invertible.Result(result.y(), numbers.logDet().add(result.logDet()));
    }

    // ---- what it can do

    private List<List<Image>> sheet(Glow network, Digits given) {
        Backend backend = CommandBackend.get();
        List<List<Image>> rows = new ArrayList<>();
        Tensor levels = given.tensor(
                backend, IntStream.range(0, Math.min(SHOWN, given.count())).toArray());
        for (double temperature : TEMPERATURES) {
            rows.add(drawn(network, levels, temperature));
        }
        rows.add(pictures(numbers(levels)));
        rows.add(pictures(network.decode(network.encode(numbers(levels)).latents())));
        double[] positions =
                IntStream.range(0, SHOWN).mapToDouble(i -> i / (SHOWN - 1.0)).toArray();
        int last = levels.shape().size(0) > 1 ? 1 : 0;
        rows.add(
                network
                        .interpolate(numbers(levels.slice(0, 0, 1)), numbers(levels.slice(0, last, 1)), positions)
                        .stream()
                        .map(between -> pictures(between).get(0))
                        .toList());
        return rows;
    }

    /** New pictures, each drawn by itself: black, and said, where the flow overflows on the way back. */
    private List<Image> drawn(Glow network, Tensor like, double temperature) {
        List<Image> images = new ArrayList<>();
        int overflows = 0;
        for (int i = 0; i < SHOWN; i++) {
            Shape one = like.shape().with(0, 1);
            try {
                images.addAll(pictures(network.sample(like, one, temperature)));
            } catch (BackendException overflow) {
                images.addAll(pictures(like.constant(one, Double.NEGATIVE_INFINITY)));
                overflows++;
            }
        }
        if (overflows > 0) {
            terminal.err()
                    .println("impasto: " + overflows + " of " + SHOWN + " samples at temperature " + temperature
                            + " overflow and are shown black");
        }
        return images;
    }

    /** The middle of each level's room, as a flow takes it. */
    private Tensor numbers(Tensor levels) {
        return spread(dequantization.forward(levels, levels.constant(levels.shape(), 0.5)))
                .y();
    }

    private List<Image> pictures(Tensor numbers) {
        Tensor grey = dequantization.inverse(logit.inverse(numbers)).affine(1.0 / (LEVELS - 1), 0);
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < grey.shape().intSize(0); i++) {
            Tensor one = grey.slice(0, i, 1);
            images.add(Image.of(Tensor.concat(1, List.of(one, one, one))));
        }
        return images;
    }

    /** The likelihood of pictures that were not learnt from, and the certificate of some of them. */
    private void compare(Glow network, Digits pictures, Digits measured) {
        double ofFlow = 0;
        double ofNormal = 0;
        Backend backend = CommandBackend.get();
        try (Scope scope = Scope.open(Run.inference(training.seed()));
                GaussianBaseline baseline = GaussianBaseline.fit(pictures.tensor(
                        backend, IntStream.range(0, pictures.count()).toArray()))) {
            for (int first = 0; first < measured.count(); first += TEST_BATCH) {
                int end = Math.min(measured.count(), first + TEST_BATCH);
                try (Scope some = Scope.open()) {
                    Tensor levels =
                            measured.tensor(backend, IntStream.range(first, end).toArray());
                    ofFlow += bits(network, levels).sum().item();
                    ofNormal += baseline.bitsPerDimension(levels, Dequantization.uniform(levels))
                            .sum()
                            .item();
                }
            }
            Tensor some = dequantization
                    .forward(measured.tensor(
                            backend,
                            IntStream.range(0, Math.min(TEST_BATCH, measured.count()))
                                    .toArray()))
                    .y();
            Certificate certificate = Certificate.of(
                    some,
                    x -> logit.inverse(
                            network.decode(network.encode(logit.forward(x).y()).latents())));
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%d test pictures: %.4f bits per dimension; a normal distribution: %.4f",
                            measured.count(),
                            ofFlow / measured.count(),
                            ofNormal / measured.count()));
            terminal.out().println("forth and back: " + certificate);
        }
    }
}
