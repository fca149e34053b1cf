package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
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
            "  ssim    structural similarity; 1 for equal pictures",
            "  stysim  difference of the Gram matrices of a VGG's features; 0 for equal",
            "          styles. Needs --net; the sizes may differ.",
            "  lpips   perceptual distance; 0 for equal pictures. Needs --net with a VGG-16",
            "          and --lpips.",
            "",
            "Pictures of different sizes have stysim only.",
            "",
            "Example:",
            "  impasto compare result.png content.png --net vgg16.pth --lpips vgg.pth"
        })
final class CompareCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "A", description = "Picture: PNG or JPEG.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Picture: PNG or JPEG.")
    private Path second;

    @Option(names = "--net", paramLabel = "FILE", description = "Weights of a VGG, or a name of the registry.")
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
            Image a = Image.read(first);
            Image b = Image.read(second);
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
                metrics.add(PictureMetric.styleSimilarity(vgg.net()));
                if (heads != null) {
                    metrics.add(PictureMetric.lpips(vgg.net(), heads.net()));
                }
                metrics.removeIf(metric -> metric.sameSize() && !sameSize);
                print(metrics, backend, a, b);
            }
        }
        return 0;
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
            terminal.out().printf(Locale.ROOT, "%s %s%n", metric.name(), number(metric.compare(backend, a, b)));
        }
    }

    private static String number(double value) {
        return Double.isInfinite(value) ? "Infinity" : String.format(Locale.ROOT, "%.6g", value);
    }
}
