package org.impasto.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.impasto.core.image.Image;
import org.impasto.core.image.WriteOptions;
import org.impasto.nn.style.ColorTransfer;
import org.impasto.nn.style.FeatureTransfer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives one picture the style of another. */
@Command(
        name = "stylize",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Gives one picture the style of another.",
        customSynopsis = {
            "impasto stylize --content FILE --style FILE --out FILE",
            "                       [--method color|adain|wct] [--weights FILE FILE]",
            "                       [--strength S] [--size N] [--compare]"
        },
        sortOptions = false,
        footerHeading = "%nMethods:%n",
        footer = {
            "  color  the style's colours, and the strength of its fine detail; shapes",
            "         stay as they are. For photographs. Needs no weights.",
            "  adain  each feature channel of the content gets the style's mean and",
            "         deviation: textures and contrast, with much of the content's colours.",
            "  wct    the features get the style's correlations, too: closer to the style",
            "         than adain, further from the content.",
            "",
            "Weights for adain and wct: an encoder to a layer of VGG-19 and the decoder",
            "that was trained for this layer, for instance",
            "  vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth",
            "      of universal style transfer (WCT), in a conversion to PyTorch",
            "  3SE.pth 3SD.pth",
            "      thin networks; folder trained_models of",
            "      github.com/MingSun-Tse/Collaborative-Distillation",
            "",
            "Examples:",
            "  impasto stylize --content photo.jpg --style sunset.jpg --out result.png",
            "  impasto stylize --content photo.jpg --style painting.jpg --method adain \\",
            "      --weights vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth \\",
            "      --strength 0.7 --size 1024 --out result.jpg --compare"
        })
final class StylizeCommand implements Callable<Integer> {
    private static final int LARGEST_SIZE = 20_000;

    private final Terminal terminal;

    @Option(names = "--content", required = true, paramLabel = "FILE", description = "Picture to change: PNG or JPEG.")
    private Path content;

    @Option(
            names = "--style",
            required = true,
            paramLabel = "FILE",
            description = "Picture whose style it gets: PNG or JPEG.")
    private Path style;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Result: .png, .jpg or .jpeg. An older file is replaced, missing folders are made. It has the"
                    + " content's alpha, and as PNG 16 bits a sample if the content has.")
    private Path out;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "color",
            description = "One of ${COMPLETION-CANDIDATES}; see below. Default: ${DEFAULT-VALUE}.")
    private Method method;

    @Option(
            names = "--weights",
            arity = "1..*",
            paramLabel = "FILE FILE",
            hideParamSyntax = true,
            description = "For adain and wct: an encoder and its decoder, in any order; see below.")
    private List<Path> weights = new ArrayList<>();

    @Option(
            names = "--strength",
            paramLabel = "S",
            defaultValue = "1",
            description = "From 0 to 1, the full style. 0 gives the content itself, bit for bit; just above it"
                    + " adain and wct give what the decoder makes of the content's own features, a little softer than"
                    + " the content. Default: ${DEFAULT-VALUE}.")
    private double strength;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Scale content and style to N pixels on their longer sides first. A smaller size makes the"
                    + " style's textures larger against the content. Default: both pictures' own sizes.")
    private @Nullable Integer size;

    @Option(
            names = "--compare",
            description = "Also write content, style and result side by side, to NAME-compare.png beside the result.")
    private boolean compare;

    StylizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        checkOptions();
        Path comparison = comparison();
        checkFiles(comparison);
        Job.run(terminal, "stylize", FileChecks.parent(out), job -> stylize(job, comparison));
        report(out);
        if (compare) {
            report(comparison);
        }
        return 0;
    }

    private void checkOptions() {
        if (!(strength >= 0 && strength <= 1)) {
            throw new UsageException("--strength is " + strength + ", expected a number from 0 to 1");
        }
        if (size != null && (size < 1 || size > LARGEST_SIZE)) {
            throw new UsageException("--size is " + size + ", expected a number of pixels from 1 to " + LARGEST_SIZE);
        }
        if (!method.needsWeights() && !weights.isEmpty()) {
            throw new UsageException(
                    "--weights were given, but --method color needs none; did you mean --method adain" + " or wct?");
        }
        if (method.needsWeights() && weights.size() != 2) {
            String found = weights.isEmpty() ? "none was given" : weights.size() + " given";
            throw new UsageException("--method " + method + " needs two weight files, an encoder and its decoder ("
                    + found + "): --weights vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth, which were"
                    + " published with universal style transfer; --help names more");
        }
    }

    private void checkFiles(Path comparison) {
        FileChecks.input("--content", content);
        FileChecks.input("--style", style);
        weights.forEach(file -> FileChecks.input("--weights", file));
        List<Path> inputs = new ArrayList<>(weights);
        inputs.add(content);
        inputs.add(style);
        FileChecks.output("--out", out, FileChecks.PICTURES, inputs);
        if (compare) {
            FileChecks.output("--compare", comparison, FileChecks.PICTURES, inputs);
        }
    }

    private Path comparison() {
        String name = String.valueOf(out.getFileName());
        int dot = name.lastIndexOf('.');
        return out.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "-compare.png");
    }

    private void stylize(Job job, Path comparison) {
        job.stage("reading", 0, 0.1);
        Image original = Image.read(content);
        if (original.hasAlpha() && !FileChecks.ending(out).equals(".png")) {
            throw new UsageException("--out " + out + ": " + content
                    + " has transparent pixels, which JPEG cannot hold; let the name end with .png");
        }
        WriteOptions options = WriteOptions.standard().withPngBits(hasFineLevels(original) ? 16 : 8);
        Image from = fitted(original);
        Image to = fitted(Image.read(style));
        job.stage(method.toString(), 0.1, 0.9);
        Image result = switch (method) {
            case COLOR -> ColorTransfer.of(to).apply(from, strength);
            case ADAIN -> byFeatures(FeatureTransfer.Method.ADAIN, from, to);
            case WCT -> byFeatures(FeatureTransfer.Method.WCT, from, to);
        };
        job.stage("writing", 0.9, 1);
        job.write(out, path -> result.write(path, options));
        if (compare) {
            job.write(comparison, path -> SideBySide.of(from, to, result).write(path));
        }
    }

    private Image byFeatures(FeatureTransfer.Method transfer, Image from, Image to) {
        try (FeatureStyle networks = FeatureStyle.load(transfer, weights)) {
            return networks.apply(from, to, strength);
        }
    }

    private Image fitted(Image picture) {
        return size == null ? picture : picture.fittedTo(size);
    }

    /** Whether a picture has levels between the 256 of 8 bits. */
    private static boolean hasFineLevels(Image picture) {
        for (int c = 0; c < 3; c++) {
            for (float value : picture.plane(c)) {
                if (Math.round(value * 255) / 255f != value) {
                    return true;
                }
            }
        }
        return false;
    }

    private void report(Path file) {
        terminal.out().println("wrote " + file);
    }
}
