package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.style.GatysLoss;
import org.impasto.nn.style.StyleOptimization;
import org.impasto.nn.style.StyleOptimization.Settings;
import org.impasto.nn.vgg.Vgg;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives one picture the style of another by optimising its pixels. */
@Command(
        name = "optimize",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Gives one picture the style of another by changing its pixels until a VGG sees the content's"
                + " features and the style's Gram matrices in it (Gatys, Ecker and Bethge, 2016). Any content, any"
                + " style, nothing to train; it takes minutes where 'stylize' takes seconds.",
        customSynopsis = {
            "impasto optimize --content FILE --style FILE --weights FILE --out FILE",
            "                        [--steps N] [--size N] [--scales N] [--init PICTURE]",
            "                        [--style-weight W] [--content-weight W] [--tv-weight W]",
            "                        [--layers NAME,...] [--content-layers NAME,...]",
            "                        [--optimizer NAME] [--rate R] [--seed S] [--compare]"
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  impasto optimize --content photo.jpg --style painting.jpg \\",
            "      --weights vgg_normalised_conv3_1.pth --out result.png",
            "  impasto optimize --content photo.jpg --style painting.jpg --size 768 \\",
            "      --scales 4 --style-weight 500 --weights vgg19.pth --out result.png",
            "",
            "More of the style: a larger --style-weight, or --init style or noise. Larger",
            "strokes: more --scales. A smoother picture: a larger --tv-weight."
        })
final class OptimizeCommand implements Callable<Integer> {
    private static final Settings STANDARD = Settings.standard();
    private static final int STANDARD_SIZE = 512;
    private static final int LARGEST_STEPS = 1_000_000;
    private static final int LARGEST_SCALES = 8;
    private static final double LARGEST_NUMBER = 1e12;

    private final Terminal terminal;

    @Option(names = "--content", required = true, paramLabel = "FILE", description = "Picture to change: PNG or JPEG.")
    private Path content;

    @Option(
            names = "--style",
            required = true,
            paramLabel = "FILE",
            description = "Picture whose style it gets: PNG or JPEG, on white where it is transparent.")
    private Path style;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Weights of a VGG: torchvision's VGG-16 or 19, the normalised VGG-19 of universal style"
                    + " transfer, or the thin one of collaborative distillation; or a name that 'impasto weights'"
                    + " knows.")
    private @Nullable Path weights;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Result: .png, .jpg or .jpeg. An older file is replaced, missing folders are made. It has the"
                    + " content's alpha, and as PNG 16 bits a sample if the content has.")
    private Path out;

    @Option(names = "--steps", paramLabel = "N", description = "Steps at each scale. Default: 100, or 300 of adam.")
    private @Nullable Integer steps;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Scale both pictures to N pixels on their longer sides first. Default: 512, or less where"
                    + " they are smaller.")
    private @Nullable Integer size;

    @Option(
            names = "--scales",
            paramLabel = "N",
            description = "Work at N sizes, each half the next, the smallest first. Default: 3.")
    private int scales = STANDARD.scales();

    @Option(
            names = "--init",
            paramLabel = "PICTURE",
            defaultValue = "content",
            description = "What to begin with: content, style or noise. Default: ${DEFAULT-VALUE}.")
    private String init;

    @Option(
            names = "--content-weight",
            paramLabel = "W",
            description = "How much the content's features count. Default: 1.")
    private double contentWeight = STANDARD.contentWeight();

    @Option(
            names = "--style-weight",
            paramLabel = "W",
            description = "How much the style's Gram matrices count. Default: 100.")
    private double styleWeight = STANDARD.styleWeight();

    @Option(
            names = "--tv-weight",
            paramLabel = "W",
            description = "How much smoothness counts (total variation). Default: 1.")
    private double variationWeight = STANDARD.totalVariationWeight();

    @Option(
            names = "--layers",
            split = ",",
            paramLabel = "NAME",
            description = "Layers of the style. Default: relu1_1,relu2_1,... as far as the weights go.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--content-layers",
            split = ",",
            paramLabel = "NAME",
            description = "Layers of the content. Default: relu4_2, or what the weights have before.")
    private List<String> contentLayers = new ArrayList<>();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "lbfgs",
            description = "lbfgs or adam. Default: ${DEFAULT-VALUE}.")
    private String optimizer;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Learning rate of --optimizer adam, above 0; it falls as it goes on. Default: 0.02.")
    private @Nullable Double rate;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of --init noise. Default: 0.")
    private long seed;

    @Option(
            names = "--compare",
            description = "Also write content, style and result side by side, to NAME-compare.png beside the result.")
    private boolean compare;

    private StyleOptimization.@Nullable Progress last;

    OptimizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        if (weights == null) {
            throw new UsageException("--weights is missing: expected a VGG, whose features tell content and style;"
                    + " docs/weights.md says where some come from");
        }
        Path net = WeightsCommand.file(weights);
        FileChecks.input("--content", content);
        FileChecks.input("--style", style);
        FileChecks.input("--weights", net);
        InputFiles inputs = InputFiles.of(List.of(content, style, net));
        FileChecks.output("--out", out, FileChecks.PICTURES, inputs);
        if (compare) {
            FileChecks.output("--compare", SideBySide.place(out), FileChecks.PICTURES, inputs);
        }
        Job.run(terminal, "optimize", FileChecks.parent(out), job -> work(job, net, settings));
        if (last != null) {
            terminal.out()
                    .printf(
                            Locale.ROOT,
                            "loss %.4g: content %.4g, style %.4g, total variation %.4g%n",
                            last.loss(),
                            last.content(),
                            last.style(),
                            last.totalVariation());
        }
        terminal.out().println("wrote " + out);
        if (compare) {
            terminal.out().println("wrote " + SideBySide.place(out));
        }
        return 0;
    }

    private Settings settings() {
        NetworkOptions.checkSize(size);
        StyleOptimization.Method method = choice("--optimizer", optimizer, StyleOptimization.Method.values());
        StyleOptimization.Start start = choice("--init", init, StyleOptimization.Start.values());
        int count = steps != null
                ? steps
                : method == StyleOptimization.Method.ADAM ? 3 * STANDARD.steps() : STANDARD.steps();
        whole("--steps", count, LARGEST_STEPS);
        whole("--scales", scales, LARGEST_SCALES);
        number("--content-weight", contentWeight);
        number("--style-weight", styleWeight);
        number("--tv-weight", variationWeight);
        if (contentWeight == 0 && styleWeight == 0 && variationWeight == 0) {
            throw new UsageException("--content-weight, --style-weight and --tv-weight are all 0, expected one above");
        }
        if (rate != null && method != StyleOptimization.Method.ADAM) {
            throw new UsageException("--rate is for --optimizer adam; " + optimizer + " has no learning rate");
        }
        double learningRate = rate == null ? STANDARD.learningRate() : rate;
        if (!(learningRate > 0 && learningRate <= LARGEST_NUMBER)) {
            throw new UsageException("--rate is " + learningRate + ", expected a number above 0, up to 1e12");
        }
        return new Settings(
                contentLayers,
                layers,
                contentWeight,
                styleWeight,
                variationWeight,
                method,
                learningRate,
                count,
                scales,
                start,
                seed);
    }

    private static <E extends Enum<E>> E choice(String option, String name, E[] values) {
        List<String> names = new ArrayList<>();
        for (E value : values) {
            String own = value.name().toLowerCase(Locale.ROOT);
            if (own.equals(name)) {
                return value;
            }
            names.add(own);
        }
        throw new UsageException(option + " is '" + name + "', expected " + String.join(" or ", names));
    }

    private static void whole(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new UsageException(option + " is " + value + ", expected a whole number from 1 to " + most);
        }
    }

    private static void number(String option, double value) {
        if (!(value >= 0 && value <= LARGEST_NUMBER)) {
            throw new UsageException(option + " is " + value + ", expected a number from 0 to 1e12");
        }
    }

    private void work(Job job, Path net, Settings settings) {
        job.stage("reading", 0, 0.02);
        ContentPicture picture = ContentPicture.read(content, out, this::fitted);
        Image from = picture.visible();
        Image manner = fitted(OnWhite.read(style));
        try (Model<Vgg> vgg = Vgg.load(CommandBackend.get(), net)) {
            NetworkOptions.checkLayers("--layers", net, vgg.net(), layers);
            NetworkOptions.checkLayers("--content-layers", net, vgg.net(), contentLayers);
            StyleOptimization optimization = new StyleOptimization(vgg, settings);
            // The style's layers see the content, too, as its pixels change.
            GatysLoss.Weights wanted = optimization.weights();
            NetworkOptions.checkPicture(
                    content, from, vgg.net(), wanted.content().keySet());
            NetworkOptions.checkPicture(content, from, vgg.net(), wanted.style().keySet());
            NetworkOptions.checkPicture(style, manner, vgg.net(), wanted.style().keySet());
            job.stage("beginning", 0.02, 0.98);
            Image result = picture.result(Image.of(optimization.apply(
                    from.tensor(CommandBackend.get()), manner.tensor(CommandBackend.get()), each -> tell(job, each))));
            job.stage("writing", 0.98, 1);
            job.write(out, path -> result.write(path, picture.options()));
            if (compare) {
                job.write(
                        SideBySide.place(out),
                        path -> SideBySide.of(List.of(picture.picture(), manner, result))
                                .write(path));
            }
        }
    }

    private void tell(Job job, StyleOptimization.Progress progress) {
        last = progress;
        job.note(String.format(Locale.ROOT, "%dx%d loss %.4g", progress.width(), progress.height(), progress.loss()));
    }

    private Image fitted(Image picture) {
        if (size != null) {
            return picture.fittedTo(size);
        }
        return Math.max(picture.width(), picture.height()) <= STANDARD_SIZE ? picture : picture.fittedTo(STANDARD_SIZE);
    }
}
