package org.impasto.nn.style;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.nn.tiling.TileGrid;

/**
 * A feed-forward network that has one style in its weights (Johnson et al., "Perceptual losses for real-time style
 * transfer and super-resolution", 2016), in one of two published {@linkplain Form forms}: three convolutions, of which two
 * halve the size, five residual blocks, two layers that double it and a last convolution, nearly all of them followed by an
 * instance normalisation.
 *
 * <p>Sides of n pixels come back with {@code 4 ceil(ceil(n / 2) / 2)} pixels, of which n are the picture's.
 */
public final class FeedForward implements Layer {
    /** How edges are padded and maps enlarged, and the names of the weights. */
    public enum Form {
        /**
         * The TensorFlow implementation by L. Engstrom: zero padding SAME and transposed convolutions, which leave a frame
         * and a fine grid. The picture is bounded by a hyperbolic tangent and lies in the last n pixels of a side.
         */
        TRANSPOSED,

        /**
         * The fast_neural_style of PyTorch's examples: reflected edges, and cells repeated before a convolution, which leaves
         * no grid (Odena et al., "Deconvolution and checkerboard artifacts", 2016). Sides have 5 pixels or more, for less
         * cannot be reflected; the picture lies in the first n pixels of a side. Weights have the names of that example,
         * {@code conv1.conv2d.weight} and so on.
         */
        RESIZED;

        /** The form of a network whose weights have these names. */
        static Form of(Collection<String> names) {
            return names.contains(RESIZED_WEIGHT) ? RESIZED : TRANSPOSED;
        }
    }

    private static final int RESIDUAL_BLOCKS = 5;
    private static final String PICTURE = "y";
    private static final String RESIZED_WEIGHT = "deconv1.conv2d.weight";

    /**
     * A part of the network, by the name of its result: one convolution and an activation; or two, whose result is added to
     * what entered.
     */
    record Block(String name, UnaryOperator<Tensor> activation, List<NormalizedConvolution> convolutions)
            implements Layer {
        /** Whether what entered is added to the result. */
        boolean isResidual() {
            return convolutions.size() > 1;
        }

        /** What follows a normalised convolution, but for the sum of a residual block. */
        Tensor activated(Tensor x) {
            return activation.apply(x);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor first = activated(convolutions.get(0).forward(x));
            return isResidual() ? x.add(convolutions.get(1).forward(first)) : first;
        }
    }

    private final Form form;
    private final List<Block> blocks = new ArrayList<>();

    /** A network of the published widths. */
    public FeedForward(Parameters p, Form form) {
        this.form = form;
        switch (form) {
            case TRANSPOSED -> addTransposed(p);
            case RESIZED -> addResized(p);
        }
    }

    private void addTransposed(Parameters p) {
        add("conv1", NormalizedConvolution.tensorFlowSame(p.in("conv1"), 3, 32, 9, 1));
        add("conv2", NormalizedConvolution.tensorFlowSame(p.in("conv2"), 32, 64, 3, 2));
        add("conv3", NormalizedConvolution.tensorFlowSame(p.in("conv3"), 64, 128, 3, 2));
        for (int block = 1; block <= RESIDUAL_BLOCKS; block++) {
            Parameters room = p.in("resid" + block);
            add(
                    "resid" + block,
                    NormalizedConvolution.tensorFlowSame(room.in("conv1"), 128, 128, 3, 1),
                    NormalizedConvolution.tensorFlowSame(room.in("conv2"), 128, 128, 3, 1));
        }
        add("convt1", NormalizedConvolution.transposed(p.in("convt1"), 128, 64));
        add("convt2", NormalizedConvolution.transposed(p.in("convt2"), 64, 32));
        NormalizedConvolution last = NormalizedConvolution.tensorFlowSame(p.in("convt3"), 32, 3, 9, 1);
        blocks.add(new Block(PICTURE, x -> x.tanh().affine(150, 127.5), List.of(last)));
    }

    private void addResized(Parameters p) {
        add("conv1", NormalizedConvolution.reflected(p.in("conv1"), p.in("in1"), 3, 32, 9, 1));
        add("conv2", NormalizedConvolution.reflected(p.in("conv2"), p.in("in2"), 32, 64, 3, 2));
        add("conv3", NormalizedConvolution.reflected(p.in("conv3"), p.in("in3"), 64, 128, 3, 2));
        for (int block = 1; block <= RESIDUAL_BLOCKS; block++) {
            Parameters room = p.in("res" + block);
            add(
                    "resid" + block,
                    NormalizedConvolution.reflected(room.in("conv1"), room.in("in1"), 128, 128, 3, 1),
                    NormalizedConvolution.reflected(room.in("conv2"), room.in("in2"), 128, 128, 3, 1));
        }
        add("convt1", NormalizedConvolution.doubled(p.in("deconv1"), p.in("in4"), 128, 64));
        add("convt2", NormalizedConvolution.doubled(p.in("deconv2"), p.in("in5"), 64, 32));
        NormalizedConvolution last = NormalizedConvolution.reflected(p.in("deconv3"), null, 32, 3, 9, 1);
        blocks.add(new Block(PICTURE, x -> x, List.of(last)));
    }

    private void add(String name, NormalizedConvolution... convolutions) {
        blocks.add(new Block(name, Tensor::relu, List.of(convolutions)));
    }

    /**
     * A network with the weights of a file: one that this library trained and saved, one of PyTorch's example, or one of
     * TensorFlow's, told apart by the names of the tensors; see {@link #tensorFlowNames}.
     */
    public static Model<FeedForward> load(Backend backend, Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            Form form = Form.of(file.names());
            boolean named = form == Form.RESIZED || file.has("conv1.weight") && file.has("convt3.norm.bias");
            WeightNames names = named ? WeightNames.asInFile() : tensorFlowNames();
            // Old files of PyTorch's example hold averages that its normalisation does not use.
            WeightNames used = names.ignoring(name -> name.endsWith(".running_mean") || name.endsWith(".running_var"));
            return Model.build(backend, ParameterSource.file(file, used), p -> new FeedForward(p, form));
        }
    }

    /**
     * The names and layouts of TensorFlow's checkpoints: {@code Variable}, {@code Variable_1} and so on, three for each
     * convolution in the order of the network (kernel, shift, scale), and kernels height x width x in x out, of the
     * transposed ones height x width x out x in.
     */
    public static WeightNames tensorFlowNames() {
        List<String> rooms = new ArrayList<>(List.of("conv1", "conv2", "conv3"));
        for (int block = 1; block <= RESIDUAL_BLOCKS; block++) {
            rooms.add("resid" + block + ".conv1");
            rooms.add("resid" + block + ".conv2");
        }
        rooms.addAll(List.of("convt1", "convt2", "convt3"));
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < rooms.size(); i++) {
            names.put(rooms.get(i) + ".weight", i == 0 ? "Variable" : "Variable_" + 3 * i);
            names.put(rooms.get(i) + ".norm.bias", "Variable_" + (3 * i + 1));
            names.put(rooms.get(i) + ".norm.weight", "Variable_" + (3 * i + 2));
        }
        return WeightNames.of(path -> names.getOrDefault(path, path))
                .laidOut(path ->
                        path.endsWith(".norm.weight") || path.endsWith(".bias") ? null : new int[] {3, 2, 0, 1});
    }

    /**
     * The stylized picture.
     *
     * @param picture N x 3 x H x W of numbers from 0 to 255
     * @return N x 3 x H' x W' as published: numbers from -22.5 to 277.5, or of any size for {@link Form#RESIZED}; cut them
     *     to 0 to 255
     */
    @Override
    public Tensor forward(Tensor picture) {
        return features(picture, List.of(PICTURE)).values().iterator().next();
    }

    /**
     * The stylized picture in the size and scale of the content, also for training. A single large picture is computed tile
     * by tile, unless gradients are recorded: see {@link TileGrid#of}.
     *
     * @param picture N x 3 x H x W in [0, 1]
     * @return the same shape, about [0, 1], not clamped
     */
    public Tensor stylized(Tensor picture) {
        if (picture.shape().rank() == 4
                && picture.shape().size(0) == 1
                && picture.shape().elements() > 0) {
            try (TiledFeedForward tiled = new TiledFeedForward(this, picture)) {
                if (tiled.isCut()) {
                    return tiled.stylized();
                }
            }
        }
        return Scope.keeping(() -> {
            Tensor y = forward(picture.affine(255, 0));
            for (int axis = 2; axis <= 3; axis++) {
                int size = picture.shape().intSize(axis);
                int full = y.shape().intSize(axis);
                y = full == size ? y : y.slice(axis, first(full, size), size);
            }
            return y.affine(1 / 255.0, 0);
        });
    }

    /** The first of the picture's pixels along a side of the result, which may have a few more. */
    int first(int full, int size) {
        return form == Form.TRANSPOSED ? full - size : 0;
    }

    /** The parts of the network in their order. */
    List<Block> blocks() {
        return blocks;
    }

    /**
     * Results inside the network by name: {@code conv1} to {@code conv3}, {@code resid1} to {@code resid5}, {@code convt1}
     * and {@code convt2} for the layers and blocks of that name, behind their relu or sum, and {@code y} for the picture.
     */
    public Map<String, Tensor> features(Tensor picture, List<String> names) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> found = new LinkedHashMap<>();
            Tensor x = picture;
            for (int i = 0; i < blocks.size() && found.size() < names.size(); i++) {
                Tensor before = x;
                Block block = blocks.get(i);
                Tensor after = Scope.keeping(() -> block.forward(before));
                x = scope.only(after, found.values().toArray(Tensor[]::new));
                if (names.contains(block.name())) {
                    found.put(block.name(), x);
                }
            }
            found.values().forEach(scope::keep);
            return found;
        }
    }
}
