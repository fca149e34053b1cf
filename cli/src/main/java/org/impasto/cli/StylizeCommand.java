package org.impasto.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.impasto.core.CancelledException;
import org.impasto.core.image.Image;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives pictures the style of other pictures. */
@Command(
        name = "stylize",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Gives pictures the style of other pictures.",
        customSynopsis = {
            "impasto stylize --content FILE --style FILE --out FILE",
            "                       [--method METHOD] [--weights FILE...] [--strength S]",
            "                       [--style-weights W,W] [--mask FILE...] [--keep-colors]",
            "                       [--mix R,G,B] [--size N] [--tile N] [--compare]"
        },
        sortOptions = false,
        footerHeading = "%nMethods:%n",
        footer = {
            "  color     the style's colours, and the strength of its fine detail; shapes",
            "            stay as they are. For photographs. Needs no weights.",
            "  adain     each feature channel of the content gets the style's mean and",
            "            deviation: textures and contrast.",
            "  wct       the features get the style's correlations, too: closer to the",
            "            style than adain, further from the content.",
            "  swap      each patch of features becomes the style's most similar one: the",
            "            style's own strokes. Time grows with content times style area.",
            "  johnson   a network that was trained for one style, which its weights hold:",
            "            no --style. Several weight files are mixed like styles.",
            "  microast  a small network for any style; large pictures at full size.",
            "  pcakd     photographs: the style's colours and light by place, edges kept.",
            "",
            "Weights, in any order for adain, wct and swap:",
            "  adain, wct, swap: an encoder to a layer of VGG-19 and the decoder that was",
            "      trained for this layer; for several levels (not swap) several pairs.",
            "      vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth",
            "          of universal style transfer (WCT), in a conversion to PyTorch",
            "      vgg_normalised_conv3_1.pth inverse/weights.safetensors",
            "          the same encoder and what 'impasto train inverse' made for it",
            "      3SE.pth 3SD.pth",
            "          thin networks; folder trained_models of",
            "          github.com/MingSun-Tse/Collaborative-Distillation",
            "  johnson: what 'impasto train fast-style' made, or Variable, Variable_1, ...",
            "      of fast-style-transfer as safetensors, or a .pth of fast_neural_style",
            "      of PyTorch's examples",
            "  microast: content encoder, style encoder, modulator, decoder of",
            "      github.com/EndyWon/MicroAST, in this order",
            "  pcakd: encoder and decoder of",
            "      github.com/chiutaiyin/PCA-Knowledge-Distillation, as safetensors",
            "docs/weights.md says more.",
            "",
            "Examples:",
            "  impasto stylize --content photo.jpg --style sunset.jpg --out result.png",
            "  impasto stylize --content photo.jpg --style painting.jpg --method adain \\",
            "      --weights vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth \\",
            "      --strength 0.7 --size 1024 --out result.jpg --compare",
            "  impasto stylize --content 'holiday/*.jpg' --style sunset.jpg dusk.jpg \\",
            "      --style-weights 2,1 --out holiday-styled"
        })
final class StylizeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--content",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            hideParamSyntax = true,
            description = "Picture to change: PNG or JPEG. Several, a folder, or a pattern such as 'in/*.jpg' make a"
                    + " batch: --out is then a folder, results have the contents' names, and a broken picture does"
                    + " not stop the others.")
    private List<String> content = new ArrayList<>();

    @Option(
            names = "--style",
            arity = "1..*",
            paramLabel = "FILE",
            hideParamSyntax = true,
            description = "Picture whose style they get: PNG or JPEG, on white where it is transparent. Several"
                    + " styles are mixed.")
    private List<Path> styles = new ArrayList<>();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Result: .png, .jpg or .jpeg. An older file is replaced, missing folders are made. It has the"
                    + " content's alpha, and as PNG 16 bits a sample if the content has. A folder for a batch.")
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
            paramLabel = "FILE",
            hideParamSyntax = true,
            description = "Weight files of the method, or names that 'impasto weights' knows; see below.")
    private List<Path> weights = new ArrayList<>();

    @Option(
            names = "--strength",
            paramLabel = "S",
            defaultValue = "1",
            description = "From 0 to 1, the full style. 0 gives the content itself, bit for bit. Default:"
                    + " ${DEFAULT-VALUE}.")
    private double strength;

    @Option(
            names = "--style-weights",
            split = ",",
            paramLabel = "W",
            description = "How much each style counts against the others, e.g. 3,1. Default: all the same.")
    private List<Double> styleWeights = new ArrayList<>();

    @Option(
            names = "--mask",
            arity = "1..*",
            paramLabel = "FILE",
            hideParamSyntax = true,
            description = "Where each style counts: as many pictures as styles, white for fully, black or transparent"
                    + " for not at all; they are brought to the content's size. Where all are black the content stays.")
    private List<Path> masks = new ArrayList<>();

    @Option(
            names = "--keep-colors",
            description = "Keep the content's colours: only the lightness changes. Not for color.")
    private boolean keepColors;

    @Option(
            names = "--mix",
            split = ",",
            paramLabel = "S",
            description =
                    "How much of the stylized picture red, green and blue get apart, R,G,B from 0 to 1: each channel"
                            + " is share * stylized + (1 - share) * content. Default: 1,1,1.")
    private List<Double> mix = new ArrayList<>();

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Scale content and style to N pixels on their longer sides first. A smaller size makes the"
                    + " style's textures larger against the content. Default: both pictures' own sizes.")
    private @Nullable Integer size;

    @Option(
            names = "--tile",
            paramLabel = "N",
            description = "Compute in tiles of about N x N pixels; the result is the same, smaller tiles need less"
                    + " memory. Large pictures are computed in tiles by themselves; color needs none.")
    private @Nullable Integer tile;

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
        Contents contents = Contents.of(content);
        weights = weights.stream().map(WeightsCommand::file).toList();
        Map<Path, Path> places = contents.batch()
                ? contents.placesIn(out)
                : Map.of(contents.files().get(0), out);
        checkFiles(contents, places);
        Path folder = contents.batch() ? out : FileChecks.parent(out);
        Batch batch = new Batch();
        try {
            Job.run(terminal, "stylize", folder, tile == null ? 0 : tile, job -> work(job, contents, places, batch));
        } catch (CancelledException e) {
            if (contents.batch()) {
                tell(batch, contents);
            }
            throw e;
        } finally {
            batch.failures().forEach(failure -> terminal.err().println("impasto: " + failure));
        }
        if (!contents.batch()) {
            terminal.out().println("wrote " + out);
            if (compare) {
                terminal.out().println("wrote " + SideBySide.place(out));
            }
            return 0;
        }
        tell(batch, contents);
        if (!batch.failures().isEmpty()) {
            throw new FailureException(
                    batch.failures().size() + " of " + contents.files().size() + " pictures failed");
        }
        return 0;
    }

    private void tell(Batch batch, Contents contents) {
        terminal.out()
                .println("wrote " + batch.done() + " of " + contents.files().size() + " pictures to " + out);
    }

    private void work(Job job, Contents contents, Map<Path, Path> places, Batch batch) {
        job.stage("reading", 0, 0.05);
        List<Image> pictures =
                styles.stream().map(OnWhite::read).map(this::fitted).toList();
        List<Image> regions = masks.stream().map(Image::read).toList();
        List<Double> shares = mix.isEmpty() ? ContentPicture.ALL : mix;
        Job rest = job.part("", 0.05, 1);
        try (Styles prepared = prepare(pictures)) {
            Stylization stylization =
                    new Stylization(method, prepared, pictures, regions, shares, this::fitted, compare);
            if (contents.batch()) {
                batch.run(rest, stylization, contents.files(), places);
            } else {
                stylization.apply(rest, contents.files().get(0), out);
            }
        }
    }

    private void checkOptions() {
        fraction("--strength", strength);
        mix.forEach(value -> fraction("--mix", value));
        if (!mix.isEmpty() && mix.size() != 3) {
            throw new UsageException("--mix has " + mix.size() + " numbers, expected three: red,green,blue");
        }
        NetworkOptions.checkSize(size);
        if (tile != null && (tile < 32 || tile > NetworkOptions.LARGEST_SIZE)) {
            throw new UsageException(
                    "--tile is " + tile + ", expected a number of pixels from 32 to " + NetworkOptions.LARGEST_SIZE);
        }
        if (keepColors && method == Method.COLOR) {
            throw new UsageException("--keep-colors leaves nothing of --method color, which changes the colours");
        }
        checkWeights();
        checkStyles();
    }

    private static void fraction(String option, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new UsageException(option + " is " + value + ", expected a number from 0 to 1");
        }
    }

    private void checkWeights() {
        if (method.takes(weights.size())) {
            return;
        }
        if (!method.needsWeights()) {
            throw new UsageException(
                    "--weights were given, but --method color needs none; did you mean --method adain or wct?");
        }
        String found = weights.isEmpty() ? "none was given" : weights.size() + " given";
        throw new UsageException("--method " + method + " needs " + method.weights() + " (" + found
                + "); --help says where they come from");
    }

    private void checkStyles() {
        if (!method.takesStyles() && !styles.isEmpty()) {
            throw new UsageException("--style was given, but a network of --method " + method + " has its style in its"
                    + " weights; leave --style out");
        }
        if (method.takesStyles() && styles.isEmpty()) {
            throw new UsageException("--style is missing: expected a picture whose style the content gets");
        }
        int count = styleCount();
        if (!masks.isEmpty() && masks.size() != count) {
            throw new UsageException(
                    "--mask names " + masks.size() + " pictures, expected one for each of the styles: " + count);
        }
        if (!styleWeights.isEmpty() && styleWeights.size() != count) {
            throw new UsageException("--style-weights has " + styleWeights.size()
                    + " numbers, expected one for each of the styles: " + count);
        }
        for (double weight : styleWeights) {
            if (!(weight >= 0 && weight <= 1e6)) {
                throw new UsageException("--style-weights: " + weight + ", expected numbers from 0 to 1000000");
            }
        }
        if (!styleWeights.isEmpty() && styleWeights.stream().allMatch(weight -> weight == 0)) {
            throw new UsageException("--style-weights are all 0, expected one above");
        }
    }

    /** Where the weights are the styles, each file is one. */
    private int styleCount() {
        return method.takesStyles() ? styles.size() : weights.size();
    }

    private void checkFiles(Contents contents, Map<Path, Path> places) {
        List<Path> inputs = new ArrayList<>(weights);
        inputs.addAll(styles);
        inputs.addAll(masks);
        inputs.addAll(contents.files());
        styles.forEach(file -> FileChecks.input("--style", file));
        masks.forEach(file -> FileChecks.input("--mask", file));
        weights.forEach(file -> FileChecks.input("--weights", file));
        FileChecks.notEmpty("--out", out);
        boolean file =
                Files.exists(out) ? !Files.isDirectory(out) : FileChecks.PICTURES.contains(FileChecks.ending(out));
        if (contents.batch() && file) {
            throw new UsageException("--out " + out + ": is a file's name, expected a folder for several contents");
        }
        InputFiles read = InputFiles.of(inputs);
        Set<Path> written = new HashSet<>(places.values());
        places.values().forEach(place -> {
            FileChecks.output("--out", place, FileChecks.PICTURES, read);
            if (compare) {
                FileChecks.output("--compare", SideBySide.place(place), FileChecks.PICTURES, read);
                if (!written.add(SideBySide.place(place))) {
                    throw new UsageException("--compare " + SideBySide.place(place)
                            + ": two pictures would be written there;" + " rename a content");
                }
            }
        });
    }

    private Styles prepare(List<Image> pictures) {
        List<Double> shares = styleWeights.isEmpty() ? Collections.nCopies(styleCount(), 1.0) : styleWeights;
        return switch (method) {
            case COLOR -> new ColorStyles(pictures, shares, strength);
            case JOHNSON -> NetworkStyles.ofWeights(weights, shares, strength, keepColors);
            default ->
                NetworkStyles.ofPictures(StyleNetworks.load(method, weights), pictures, shares, strength, keepColors);
        };
    }

    private Image fitted(Image picture) {
        return size == null ? picture : picture.fittedTo(size);
    }
}
