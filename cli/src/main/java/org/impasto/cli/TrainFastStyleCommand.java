package org.impasto.cli;

import java.nio.file.Path;
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
import org.impasto.nn.style.FastStyleLoss;
import org.impasto.nn.style.FeedForward;
import org.impasto.nn.style.StyleDistance;
import org.impasto.nn.training.Loss;
import org.impasto.nn.vgg.Vgg;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a feed-forward network for one style. */
@Command(
        name = "fast-style",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Trains a network that gives any picture one style in a single pass (Johnson et al., 2016). Its"
                + " weights are for 'impasto stylize --method johnson'.",
        sortOptions = false,
        footerHeading = "%nMetrics:%n",
        footer = {
            "  style_ratio is d(result, style) / d(content, style), where d adds up, over",
            "  relu1_1, relu2_1 and relu3_1, the mean squared difference of Gram matrices",
            "  divided by the style's mean square. Below about 0.35 the style is plain to",
            "  see.",
            "",
            "Example:",
            "  impasto train fast-style --style painting.jpg --content-dir photos \\",
            "      --weights vgg_normalised_conv3_1.pth --out painting-style",
            "  impasto stylize --method johnson --content photo.jpg \\",
            "      --weights painting-style/weights.safetensors --out result.png"
        })
final class TrainFastStyleCommand implements Callable<Integer> {
    /** Pixels on the longer side of a sample. */
    private static final int SAMPLE_SIZE = 512;

    private static final int MOST_SHOWN = 8;
    private static final double ZOOM = 1.125;

    private final Terminal terminal;

    @Option(
            names = "--style",
            required = true,
            paramLabel = "FILE",
            description = "Picture whose style the network learns: PNG or JPEG, on white where it is transparent.")
    private Path style;

    @Mixin
    private PictureTrainingOptions training = new PictureTrainingOptions(1500, 192, 2, 0.002);

    @Option(
            names = "--style-size",
            paramLabel = "N",
            defaultValue = "512",
            description =
                    "The style picture is scaled down to N pixels on its longer side, if it is larger. A smaller size"
                            + " makes finer textures. Default: ${DEFAULT-VALUE}.")
    private int styleSize;

    @Option(
            names = "--content-weight",
            paramLabel = "W",
            defaultValue = "1",
            description = "How much the content's features count in the loss. Default: ${DEFAULT-VALUE}.")
    private double contentWeight;

    @Option(
            names = "--style-weight",
            paramLabel = "W",
            defaultValue = "5",
            description = "How much the style's Gram matrices count in the loss. Default: ${DEFAULT-VALUE}.")
    private double styleWeight;

    @Option(
            names = "--tv-weight",
            paramLabel = "W",
            defaultValue = "2",
            description = "How much the total variation counts in the loss. Default: ${DEFAULT-VALUE}.")
    private double variationWeight;

    TrainFastStyleCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        training.check();
        FileChecks.input("--style", style);
        NetworkOptions.checkSize("--style-size", styleSize);
        PictureTrainingOptions.checkWeight("--content-weight", contentWeight);
        PictureTrainingOptions.checkWeight("--style-weight", styleWeight);
        PictureTrainingOptions.checkWeight("--tv-weight", variationWeight);
        Job.train(terminal, "train", training.out(), training.seed(), this::work);
        terminal.out().println("wrote " + training.out());
        return 0;
    }

    private void work(Job job) {
        Backend backend = CommandBackend.get();
        Image picture = OnWhite.read(style);
        Image scaled = Math.max(picture.width(), picture.height()) > styleSize ? picture.fittedTo(styleSize) : picture;
        List<Image> contents = training.sampled(SAMPLE_SIZE);
        try (Model<Vgg> vgg = training.lossNetwork()) {
            NetworkOptions.checkPicture(style, scaled, vgg.net(), StyleDistance.LAYERS);
            try (Model<FeedForward> model =
                            Model.fresh(backend, training.seed(), p -> new FeedForward(p, FeedForward.Form.RESIZED));
                    FastStyleLoss loss = new FastStyleLoss(
                            vgg.net(),
                            scaled.tensor(backend),
                            new FastStyleLoss.Weights(contentWeight, styleWeight, variationWeight))) {
                training.train(
                        terminal,
                        job,
                        model,
                        ZOOM,
                        (batch, on) -> loss(model.net(), loss, batch, on),
                        step -> samples(model.net(), loss.distance(), contents, step));
            }
        }
    }

    private static Loss loss(FeedForward network, FastStyleLoss loss, PictureBatch batch, Backend on) {
        Tensor content = batch.x(on);
        FastStyleLoss.Terms terms = loss.of(content, network.stylized(content));
        return Loss.of(terms.total())
                .with("content", terms.content())
                .with("style", terms.style())
                .with("total_variation", terms.totalVariation())
                .with("style_ratio", terms.ratio());
    }

    private List<List<Image>> samples(FeedForward network, StyleDistance distance, List<Image> contents, long step) {
        List<Image> made = new ArrayList<>();
        double sum = 0;
        double largest = 0;
        for (Image content : contents) {
            try (Scope scope = Scope.open()) {
                Tensor picture = content.tensor(CommandBackend.get());
                Tensor stylized = network.stylized(picture).clamp(0, 1);
                double ratio =
                        distance.of(stylized).item() / distance.of(picture).item();
                sum += ratio;
                largest = Math.max(largest, ratio);
                made.add(Image.of(stylized));
            }
        }
        terminal.out()
                .println(String.format(
                        Locale.ROOT,
                        "step %d: style_ratio of %d samples %.3f, at most %.3f",
                        step,
                        contents.size(),
                        sum / contents.size(),
                        largest));
        return PictureTrainingOptions.pairs(contents, made, MOST_SHOWN);
    }
}
