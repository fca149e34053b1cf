package org.impasto.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.data.PictureBatch;
import org.impasto.nn.functional.Similarity;
import org.impasto.nn.style.InverseLoss;
import org.impasto.nn.training.Loss;
import org.impasto.nn.vgg.InverseNetwork;
import org.impasto.nn.vgg.Vgg;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the network from features back to pictures. */
@Command(
        name = "inverse",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Trains a network from the features relu3_1 of a VGG back to pictures (Chen and Schmidt, 2016). Its"
                        + " weights are, beside those of the VGG, for 'impasto stylize --method swap', and adain and wct.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  impasto train inverse --content-dir photos \\",
            "      --weights vgg_normalised_conv3_1.pth --out inverse",
            "  impasto stylize --method swap --content photo.jpg --style painting.jpg \\",
            "      --weights vgg_normalised_conv3_1.pth inverse/weights.safetensors \\",
            "      --mix 1,0.8,0.8 --out result.png"
        })
final class TrainInverseCommand implements Callable<Integer> {
    /** Pixels on the longer side of a sample. */
    private static final int SAMPLE_SIZE = 256;

    private static final int MOST_SHOWN = 16;
    private static final double ZOOM = 1.5;

    private final Terminal terminal;

    @Mixin
    private PictureTrainingOptions training = new PictureTrainingOptions(6000, 128, 4, 0.002);

    @Option(
            names = "--feature-weight",
            paramLabel = "W",
            defaultValue = "0.002",
            description = "How much the features of the results count in the loss, where pixels count 1. Default:"
                    + " ${DEFAULT-VALUE}.")
    private double featureWeight;

    @Option(
            names = "--tv-weight",
            paramLabel = "W",
            defaultValue = "0",
            description = "How much the total variation counts in the loss. Default: ${DEFAULT-VALUE}.")
    private double variationWeight;

    TrainInverseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        training.check();
        PictureTrainingOptions.checkWeight("--feature-weight", featureWeight);
        PictureTrainingOptions.checkWeight("--tv-weight", variationWeight);
        Job.train(terminal, "train", training.out(), training.seed(), this::work);
        terminal.out().println("wrote " + training.out());
        return 0;
    }

    private void work(Job job) {
        List<Image> pictures = training.sampled(SAMPLE_SIZE);
        try (Model<Vgg> vgg = training.lossNetwork();
                Model<InverseNetwork> model = Model.fresh(
                        CommandBackend.get(),
                        training.seed(),
                        p -> new InverseNetwork(p, vgg.net().channels(InverseLoss.LAYER)))) {
            InverseLoss loss = new InverseLoss(vgg.net(), new InverseLoss.Weights(1, featureWeight, variationWeight));
            training.train(
                    terminal,
                    job,
                    model,
                    ZOOM,
                    (batch, on) -> loss(model.net(), loss, batch, on),
                    step -> samples(model.net(), loss, pictures, step));
        }
    }

    private static Loss loss(InverseNetwork network, InverseLoss loss, PictureBatch batch, Backend on) {
        Tensor pictures = batch.x(on);
        Tensor features = loss.encoded(pictures);
        InverseLoss.Terms terms = loss.of(pictures, features, network.forward(features));
        return Loss.of(terms.total())
                .with("pixels", terms.pixels())
                .with("features", terms.features())
                .with("total_variation", terms.totalVariation())
                .with("psnr", terms.psnr());
    }

    private List<List<Image>> samples(InverseNetwork network, InverseLoss loss, List<Image> pictures, long step) {
        List<Image> made = new ArrayList<>();
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        for (Image picture : pictures) {
            try (Scope scope = Scope.open()) {
                Tensor given = picture.tensor(CommandBackend.get());
                Tensor decoded = network.forward(loss.encoded(given)).clamp(0, 1);
                double decibels = Similarity.psnr(decoded, given, 1).item();
                sum += decibels;
                least = Math.min(least, decibels);
                made.add(Image.of(decoded));
            }
        }
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "step %d: PSNR of %d samples %.2f dB, at least %.2f dB",
                        step,
                        pictures.size(),
                        sum / pictures.size(),
                        least));
        return PictureTrainingOptions.pairs(pictures, made, MOST_SHOWN);
    }
}
