package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.BackendException;
import org.impasto.core.Generation;
import org.impasto.core.Resampling;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.Lbfgs;
import org.impasto.nn.vgg.Vgg;

/**
 * Neural style transfer by optimisation (Gatys, Ecker and Bethge, "Image style transfer using convolutional neural networks",
 * 2016): the pixels of a picture are changed until its {@link GatysLoss} is small. Slow, and nothing has to be trained for
 * it: any VGG, any content and any style will do.
 *
 * <p>With several scales, small pictures come first, each half the size of the next, and the result of one is where the next
 * begins: so shapes larger than the network sees at full size get the style, too (Gatys et al., "Controlling perceptual
 * factors in neural style transfer", 2017).
 */
public final class StyleOptimization {
    /** Scales with a shorter side than this, in pixels, are left out: deep layers would see next to nothing. */
    private static final int LEAST_SIDE = 48;

    /** Deepest first: what the content is told by, if the network goes so far. */
    private static final List<String> CONTENT_LAYERS = List.of("relu4_2", "relu4_1", "relu3_1", "relu2_1", "relu1_1");

    private final Vgg network;
    private final Settings settings;
    private final GatysLoss.Weights weights;

    /** What changes the picture. */
    public enum Method {
        /** {@link Lbfgs}: fewer steps. */
        LBFGS,
        /** {@link Adam}: steps of one evaluation each. */
        ADAM
    }

    /** The picture to begin with. */
    public enum Start {
        /** The content. */
        CONTENT,
        /** The style, brought to the content's size. */
        STYLE,
        /** Noise around a medium grey. */
        NOISE
    }

    /**
     * The options.
     *
     * @param contentLayers names of {@link Vgg#taps()}; empty for relu4_2, or what the network has before
     * @param styleLayers empty for the first relu of each block that the network has
     * @param contentWeight of the features' difference, divided evenly among the layers; relative, see
     *     {@link GatysLoss.Weights}
     * @param styleWeight of the Gram matrices' difference, divided evenly among the layers
     * @param totalVariationWeight of the differences of neighbouring pixels
     * @param method what changes the picture
     * @param learningRate of Adam, at first; it falls to a twentieth
     * @param steps at each scale
     * @param scales number of sizes, 1 for the content's own only
     * @param start the picture to begin with
     * @param seed of the noise
     */
    public record Settings(
            List<String> contentLayers,
            List<String> styleLayers,
            double contentWeight,
            double styleWeight,
            double totalVariationWeight,
            Method method,
            double learningRate,
            int steps,
            int scales,
            Start start,
            long seed) {
        /** Checks the numbers. */
        public Settings {
            contentLayers = List.copyOf(contentLayers);
            styleLayers = List.copyOf(styleLayers);
            if (steps < 0) {
                throw new IllegalArgumentException("steps is " + steps + ", expected 0 or more");
            }
            if (scales < 1) {
                throw new IllegalArgumentException("scales is " + scales + ", expected 1 or more");
            }
            if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("learning rate is " + learningRate + ", expected a number above 0");
            }
        }

        /** What most pictures look well with. */
        public static Settings standard() {
            return new Settings(List.of(), List.of(), 1, 100, 1, Method.LBFGS, 0.02, 100, 3, Start.CONTENT, 0);
        }

        /** These options with other layers. */
        public Settings withLayers(List<String> content, List<String> style) {
            return new Settings(
                    content,
                    style,
                    contentWeight,
                    styleWeight,
                    totalVariationWeight,
                    method,
                    learningRate,
                    steps,
                    scales,
                    start,
                    seed);
        }

        /** These options with other weights. */
        public Settings withWeights(double content, double style, double totalVariation) {
            return new Settings(
                    contentLayers,
                    styleLayers,
                    content,
                    style,
                    totalVariation,
                    method,
                    learningRate,
                    steps,
                    scales,
                    start,
                    seed);
        }

        /** These options with another method. */
        public Settings withMethod(Method value) {
            return new Settings(
                    contentLayers,
                    styleLayers,
                    contentWeight,
                    styleWeight,
                    totalVariationWeight,
                    value,
                    learningRate,
                    steps,
                    scales,
                    start,
                    seed);
        }

        /** These options with another number of steps. */
        public Settings withSteps(int value) {
            return new Settings(
                    contentLayers,
                    styleLayers,
                    contentWeight,
                    styleWeight,
                    totalVariationWeight,
                    method,
                    learningRate,
                    value,
                    scales,
                    start,
                    seed);
        }

        /** These options with another number of scales. */
        public Settings withScales(int value) {
            return new Settings(
                    contentLayers,
                    styleLayers,
                    contentWeight,
                    styleWeight,
                    totalVariationWeight,
                    method,
                    learningRate,
                    steps,
                    value,
                    start,
                    seed);
        }

        /** These options with another picture to begin with. */
        public Settings withStart(Start value) {
            return new Settings(
                    contentLayers,
                    styleLayers,
                    contentWeight,
                    styleWeight,
                    totalVariationWeight,
                    method,
                    learningRate,
                    steps,
                    scales,
                    value,
                    seed);
        }
    }

    /**
     * How far an optimisation is, after a step.
     *
     * @param width of the picture at this scale
     * @param step number of steps at this scale
     * @param loss the weighted sum
     * @param content mean over the layers, not weighted
     * @param style mean over the layers, not weighted
     * @param totalVariation not weighted
     */
    public record Progress(
            int width, int height, int step, double loss, double content, double style, double totalVariation) {}

    /** Is told of each step, and of each scale's start as step 0. */
    @FunctionalInterface
    public interface Listener {
        /** A step was taken. */
        void stepped(Progress progress);
    }

    /**
     * An optimisation with a network, which stays the caller's: all its parameters are frozen.
     *
     * @throws ShapeException if the network has not the layers
     */
    public StyleOptimization(Model<Vgg> model, Settings settings) {
        model.weights().setTrainable("", false);
        this.network = model.net();
        this.settings = settings;
        List<String> taps = network.taps();
        List<String> content = settings.contentLayers().isEmpty()
                ? CONTENT_LAYERS.stream().filter(taps::contains).limit(1).toList()
                : settings.contentLayers();
        List<String> style = settings.styleLayers().isEmpty()
                ? taps.stream().filter(tap -> tap.matches("relu[0-9]_1")).toList()
                : settings.styleLayers();
        for (String layer : concatenated(content, style)) {
            network.field(layer); // complains about a layer that is not there
        }
        this.weights = new GatysLoss.Weights(
                GatysLoss.Weights.evenly(settings.contentWeight(), content),
                GatysLoss.Weights.evenly(settings.styleWeight(), style),
                settings.totalVariationWeight(),
                true);
    }

    private static List<String> concatenated(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** The weights of the loss, by layer. */
    public GatysLoss.Weights weights() {
        return weights;
    }

    /** The content in the manner of the style; see {@link #apply(Tensor, Tensor, Listener)}. */
    public Tensor apply(Tensor content, Tensor style) {
        return apply(content, style, progress -> {});
    }

    /**
     * The content in the manner of the style. Tells the run's progress; may be cancelled.
     *
     * @param content 1 x 3 x H x W in [0, 1]
     * @param style 1 x 3 x h x w in [0, 1]; its size against the content's is that of its textures
     * @return 1 x 3 x H x W in [0, 1]
     * @throws BackendException if the loss becomes infinite or NaN
     */
    public Tensor apply(Tensor content, Tensor style, Listener listener) {
        PictureSizes.check("content", content);
        PictureSizes.check("style", style);
        int scales = scales(content.shape(), style.shape());
        double work = 0; // in evaluations at full size
        for (int scale = 0; scale < scales; scale++) {
            work += Math.pow(0.25, scale);
        }
        Run run = Run.current();
        double done = 0;
        try (Scope scope = Scope.open()) {
            Tensor picture = null;
            for (int scale = scales - 1; scale >= 0; scale--) {
                Tensor smallContent = reduced(content, scale);
                Tensor smallStyle = reduced(style, scale);
                Tensor start = picture == null
                        ? start(smallContent, smallStyle)
                        : resized(
                                picture,
                                smallContent.shape().size(2),
                                smallContent.shape().size(3));
                double share = Math.pow(0.25, scale) / work;
                double from = done;
                Tensor better;
                try (Scope part = Scope.open(run.part(from, Math.min(1, from + share)))) {
                    better = part.keep(optimized(smallContent, smallStyle, start, listener));
                }
                picture = scope.only(better, content, style);
                done += share;
            }
            return scope.keep(picture == null ? content.clamp(0, 1) : picture.clamp(0, 1));
        }
    }

    /** As many as were asked for and make sense. */
    private int scales(Shape content, Shape style) {
        long least = Math.min(Math.min(content.size(2), content.size(3)), Math.min(style.size(2), style.size(3)));
        int scales = 1;
        while (scales < settings.scales() && least >> scales >= LEAST_SIDE) {
            scales++;
        }
        return scales;
    }

    private static Tensor reduced(Tensor picture, int halvings) {
        Shape shape = picture.shape();
        return halvings == 0
                ? picture
                : resized(
                        picture,
                        Math.round(shape.size(2) / (double) (1 << halvings)),
                        Math.round(shape.size(3) / (double) (1 << halvings)));
    }

    private static Tensor resized(Tensor picture, long height, long width) {
        return Tensor.apply(new Resampling.Resize(height, width, Filter.BICUBIC, false, true), picture);
    }

    private Tensor start(Tensor content, Tensor style) {
        Shape shape = content.shape();
        return switch (settings.start()) {
            case CONTENT -> content;
            case STYLE -> resized(style, shape.size(2), shape.size(3));
            case NOISE ->
                Tensor.generate(content.backend(), new Generation.Noise(content.spec(), settings.seed(), 0))
                        .affine(0.2, 0.5);
        };
    }

    private Tensor optimized(Tensor content, Tensor style, Tensor start, Listener listener) {
        try (GatysLoss loss = new GatysLoss(network, content, style, weights)) {
            return new PixelSearch(loss, settings, listener).from(start);
        }
    }
}
