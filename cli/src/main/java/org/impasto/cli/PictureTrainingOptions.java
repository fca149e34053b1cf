package org.impasto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.data.Augmentation;
import org.impasto.nn.data.AugmentedPictures;
import org.impasto.nn.data.PictureBatch;
import org.impasto.nn.data.PictureFolder;
import org.impasto.nn.data.Prefetch;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.training.LossFunction;
import org.impasto.nn.training.SamplePictures;
import org.impasto.nn.vgg.Vgg;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What trainings on photographs have in common: pictures, and a VGG that stays as it is. */
final class PictureTrainingOptions {
    /** The deepest layer that losses read. */
    private static final String DEEPEST = "relu3_1";

    private static final int SHOWN_BY_DEFAULT = 4;
    /** A panorama is welcome, a line of pixels is not. */
    private static final double NARROWEST = 16;

    /** Pixels on the shorter side of a sample at least. */
    private static final int LEAST_SAMPLE = 16;

    /** Steps in which the learning rate rises; few, for a network that begins with random weights. */
    private static final int WARM_UP = 50;

    @Option(
            names = "--content-dir",
            required = true,
            paramLabel = "DIR",
            description =
                    "Folder of pictures to learn from: PNG and JPEG. A file that cannot be read, or is more than 16"
                            + " times as long as wide, is named and left out.")
    private Path contentDir;

    @Option(names = "--recursive", description = "Also take the pictures in the folders below --content-dir.")
    private boolean recursive;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "A VGG down to relu3_1 at least, by whose features the loss is measured, for instance"
                    + " vgg_normalised_conv3_1.pth; or a name that 'impasto weights' knows.")
    private Path weights;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Train on squares of N pixels on a side, cut from the pictures at random; a multiple of 4."
                    + " Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--samples",
            paramLabel = "DIR",
            description = "Folder of pictures on which to measure and show what the network can do. Default: up to four"
                    + " of --content-dir that are not too small.")
    private @Nullable Path samples;

    @Mixin
    private TrainingOptions training;

    /** Options of a command with its own defaults. */
    PictureTrainingOptions(long steps, int size, int batch, double learningRate) {
        this.training = new TrainingOptions(steps, batch, learningRate, 250);
        this.size = size;
    }

    /** Checks everything that can be checked before any work begins. */
    void check() {
        if (size < 32 || size > 4096 || size % 4 != 0) {
            throw new UsageException("--size is " + size + ", expected a multiple of 4 from 32 to 4096");
        }
        weights = WeightsCommand.file(weights);
        FileChecks.input("--weights", weights);
        FileChecks.inputFolder("--content-dir", contentDir);
        if (samples != null) {
            FileChecks.inputFolder("--samples", samples);
        }
        training.check();
        checkApart("--content-dir", contentDir, recursive);
        if (samples != null) {
            checkApart("--samples", samples, false);
        }
    }

    /** Complains about results among the pictures: a training that goes on would take its own curve for one of them. */
    private void checkApart(String option, Path pictures, boolean withSubfolders) {
        Path results = training.out().toAbsolutePath().normalize();
        do {
            if (isSame(results, pictures)) {
                throw new UsageException("--out " + training.out() + ": lies in " + option + " " + pictures
                        + ", where what it writes would count as pictures; expected a folder elsewhere");
            }
            results = results.getParent();
        } while (withSubfolders && results != null);
    }

    private static boolean isSame(Path folder, Path other) {
        try {
            return Files.isSameFile(folder, other);
        } catch (IOException absent) {
            return false;
        }
    }

    /** Complains about a weight of a loss that is none. */
    static void checkWeight(String option, double weight) {
        if (!(weight >= 0 && weight <= 1e9)) {
            throw new UsageException(option + " is " + weight + ", expected a number from 0 to 1000000000");
        }
    }

    /** The folder of the results. */
    Path out() {
        return training.out();
    }

    /** Of the network's first weights. */
    long seed() {
        return training.seed();
    }

    /** Loads the VGG, and freezes it. */
    Model<Vgg> lossNetwork() {
        Model<Vgg> model = Vgg.load(CommandBackend.get(), weights);
        boolean usable = false;
        try {
            if (!model.net().taps().contains(DEEPEST)) {
                throw new FailureException(
                        "--weights " + weights + ": " + model.net().variant().name() + " has no layer " + DEEPEST + ", "
                                + model.net().variant().ending() + "; use a file that goes further");
            }
            model.weights().setTrainable("", false);
            usable = true;
            return model;
        } finally {
            if (!usable) {
                model.close();
            }
        }
    }

    /** Pictures for samples, at most so many pixels on their longer sides, and of whole cells of four pixels. */
    List<Image> sampled(int longestSide) {
        if (samples == null) {
            return sampledContents(longestSide);
        }
        PictureFolder folder = PictureFolder.of(samples);
        List<Image> pictures = new ArrayList<>();
        for (int place = 0; place < folder.size(); place++) {
            Image picture = folder.read(place);
            Image sample = sample(picture, longestSide);
            if (sample == null) {
                throw new FailureException(
                        "--samples " + folder.files().get(place) + ": is " + picture.width() + "x" + picture.height()
                                + " pixels, too small or too narrow for a sample; expected " + LEAST_SAMPLE
                                + " on the shorter side at least, with " + longestSide + " on the longer one at most");
            }
            pictures.add(sample);
        }
        return pictures;
    }

    /** Pictures from all over the order of --content-dir; the next ones stand in for those that are too small. */
    private List<Image> sampledContents(int longestSide) {
        PictureFolder folder = contents(message -> {});
        int count = Math.min(SHOWN_BY_DEFAULT, folder.size());
        Set<Path> seen = new HashSet<>();
        List<Image> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = (int) ((long) i * folder.size() / count);
            @Nullable Image sample = null;
            for (int next = first; next < first + folder.size() && sample == null; next++) {
                int place = next % folder.size();
                if (seen.contains(folder.fileRead(place))) {
                    continue;
                }
                Image picture = folder.read(place);
                // Another one than expected where that is broken, which reading has found.
                sample = seen.add(folder.fileRead(place)) ? sample(picture, longestSide) : null;
            }
            if (sample != null) {
                pictures.add(sample);
            }
        }
        if (pictures.isEmpty()) {
            throw new FailureException("--content-dir " + contentDir + ": none of its " + folder.size()
                    + " pictures is large enough for a sample; expected " + LEAST_SAMPLE
                    + " pixels on the shorter side at least, with " + longestSide
                    + " on the longer one at most; --samples names a folder of others");
        }
        return pictures;
    }

    /** A picture as a sample; null if it is too small or too narrow. */
    private static @Nullable Image sample(Image picture, int longestSide) {
        Image fitted =
                Math.max(picture.width(), picture.height()) > longestSide ? picture.fittedTo(longestSide) : picture;
        return Math.min(fitted.width(), fitted.height()) < LEAST_SAMPLE
                ? null
                : fitted.cropped(0, 0, fitted.width() / 4 * 4, fitted.height() / 4 * 4);
    }

    private PictureFolder contents(Consumer<String> skipped) {
        PictureFolder folder = recursive ? PictureFolder.withSubfolders(contentDir) : PictureFolder.of(contentDir);
        return folder.withoutNarrow(NARROWEST).skippingBroken(skipped);
    }

    /**
     * Trains a model.
     *
     * @param zoom the pictures' shorter side in relation to --size
     */
    void train(
            Terminal terminal,
            Job job,
            Model<?> model,
            double zoom,
            LossFunction<PictureBatch> loss,
            SamplePictures source) {
        Augmentation augmentation = Augmentation.resizeShorterSide((int) Math.round(zoom * size))
                .then(Augmentation.randomCrop(size, size))
                .then(Augmentation.horizontalFlip());
        PictureFolder folder = contents(message -> terminal.err().println("impasto: left out: " + message));
        try (Optimizer optimizer = training.optimizer(model);
                Prefetch<PictureBatch> batches = new Prefetch<>(
                        new AugmentedPictures(folder, "content", training.batch(), augmentation, training.seed())
                                .map(PictureBatch::of))) {
            training.trainer(model, optimizer, batches, loss, WARM_UP, source)
                    .listener(new TrainingReport(terminal, job, "loss %.4g"))
                    .train(job.run());
        }
    }

    /** Pairs of pictures, two a row. */
    static List<List<Image>> pairs(List<Image> given, List<Image> made, int most) {
        List<List<Image>> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(given.size(), most); i++) {
            if (i % 2 == 0) {
                rows.add(new ArrayList<>());
            }
            rows.get(rows.size() - 1).add(given.get(i));
            rows.get(rows.size() - 1).add(made.get(i));
        }
        return rows;
    }
}
