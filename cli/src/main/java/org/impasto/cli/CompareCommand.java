package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.metrics.Lpips;
import org.impasto.nn.metrics.PictureMetric;
import org.impasto.nn.vgg.Vgg;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints how much two pictures differ. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Prints how much two pictures differ: a line for each metric, its name first.",
        footerHeading = "%nMetrics:%n",
        footer = {
            "  psnr    peak signal-to-noise ratio, dB; Infinity for equal pictures",
            "  ssim    structural similarity; 1 for equal pictures. Its window is of 11x11",
            "          pixels.",
            "  stysim  difference of the Gram matrices of a VGG's features; 0 for equal",
            "          styles. Needs --net with a VGG down to pool4; the sizes may differ.",
            "  lpips   perceptual distance; 0 for equal pictures. Needs --net with",
            "          torchvision's VGG-16 and --lpips.",
            "",
            "Pictures of different sizes have stysim only. A metric that needs larger",
            "pictures, such as ssim for less than 11x11, is left out and named on stderr.",
            "",
            "Example:",
            "  impasto compare result.png content.png --net vgg16.pth --lpips vgg.pth"
        })
final class CompareCommand implements Callable<Integer> {
    /** What stysim reads last. */
    private static final String DEEPEST = "pool4";

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "A", description = "Picture: PNG or JPEG, on white where it is transparent.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Picture: PNG or JPEG, on white where it is transparent.")
    private Path second;

    @Option(
            names = "--net",
            paramLabel = "FILE",
            description = "Weights of a VGG down to pool4, or a name of the registry; VGG-16 for --lpips.")
    private @Nullable Path net;

    @Option(names = "--lpips", paramLabel = "FILE", description = "The heads of LPIPS for VGG-16.")
    private @Nullable Path lpips;

    CompareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FileChecks.input("A", first);
        FileChecks.input("B", second);
        if (lpips != null && net == null) {
            throw new UsageException("--lpips needs the VGG-16 that it judges with, too: --net vgg16.pth");
        }
        Backend backend = CommandBackend.get();
        try (Scope scope = Scope.open()) {
            Image a = OnWhite.read(first);
            Image b = OnWhite.read(second);
            boolean sameSize = a.width() == b.width() && a.height() == b.height();
            if (!sameSize && net == null) {
                throw new FailureException(first + " has " + a.width() + "x" + a.height() + " pixels, " + second + " "
                        + b.width() + "x" + b.height() + "; expected one size, or --net for the metric stysim");
            }
            if (net == null) {
                print(List.of(PictureMetric.psnr(), PictureMetric.ssim()), backend, a, b);
                return 0;
            }
            net = WeightsCommand.file(net);
            FileChecks.input("--net", net);
            try (Model<Vgg> vgg = Vgg.load(backend, net);
                    Model<Lpips> heads = heads(backend)) {
                List<PictureMetric> metrics = new ArrayList<>(List.of(PictureMetric.psnr(), PictureMetric.ssim()));
                metrics.addAll(metricsOf(vgg.net(), heads));
                metrics.removeIf(metric -> metric.sameSize() && !sameSize);
                print(metrics, backend, a, b);
            }
        }
        return 0;
    }

    /** Complains about a network that is not what a metric needs, before the first is computed. */
    private List<PictureMetric> metricsOf(Vgg vgg, @Nullable Model<Lpips> heads) {
        if (!vgg.taps().contains(DEEPEST)) {
            throw new FailureException("--net " + net + ": " + vgg.variant().name() + " has no layer " + DEEPEST
                    + ", to which stysim needs a VGG; " + vgg.variant().ending() + "; use a file that goes further");
        }
        PictureMetric style = PictureMetric.styleSimilarity(vgg);
        try {
            return heads == null ? List.of(style) : List.of(style, PictureMetric.lpips(vgg, heads.net()));
        } catch (WeightException e) {
            throw new FailureException("--net " + net + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Model<Lpips> heads(Backend backend) {
        if (lpips == null) {
            return null;
        }
        Path file = WeightsCommand.file(lpips);
        FileChecks.input("--lpips", file);
        return Lpips.load(backend, file);
    }

    private void print(List<PictureMetric> metrics, Backend backend, Image a, Image b) {
        for (PictureMetric metric : metrics) {
            Path small = tooSmall(a, metric) ? first : tooSmall(b, metric) ? second : null;
            if (small != null) {
                Image picture = small == first ? a : b;
                String why = metric.name() + ": needs pictures of " + metric.leastSide() + "x" + metric.leastSide()
                        + " pixels at least, " + small + " has " + picture.width() + "x" + picture.height();
                if (metrics.size() == 1) {
                    throw new FailureException(why);
                }
                terminal.err().println("impasto: " + why + "; left out");
                continue;
            }
            terminal.out().printf(Locale.ROOT, "%s %s%n", metric.name(), number(metric.compare(backend, a, b)));
        }
    }

    private static boolean tooSmall(Image picture, PictureMetric metric) {
        return Math.min(picture.width(), picture.height()) < metric.leastSide();
    }

    private static String number(double value) {
        return Double.isInfinite(value) ? "Infinity" : String.format(Locale.ROOT, "%.6g", value);
    }
}
