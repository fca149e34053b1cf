package org.impasto.nn.style;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * transfer and super-resolution", 2016), in the form of the TensorFlow implementation by L. Engstrom: three convolutions,
 * of which two halve the size, five residual blocks, two transposed convolutions and a last one, each followed by an
 * instance normalisation, with zero padding SAME.
 *
 * <p>Sides of n pixels come back with {@code 4 ceil(ceil(n / 2) / 2)} pixels; the last n of them lie where the picture's
 * did.
 */
public final class FeedForward implements Layer {
    private static final int RESIDUAL_BLOCKS = 5;
    private static final String PICTURE = "y";

    /**
     * A part of the network, by the name of its result: one convolution and a relu; two, whose result is added to what
     * entered; or the last, whose result is brought to a picture's range.
     */
    record Block(String name, List<NormalizedConvolution> convolutions) implements Layer {
        /** Whether what entered is added to the result. */
        boolean isResidual() {
            return convolutions.size() > 1;
        }

        /** What follows a normalised convolution, but for the sum of a residual block. */
        Tensor activated(Tensor x) {
            return name.equals(PICTURE) ? x.tanh().affine(150, 127.5) : x.relu();
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor first = activated(convolutions.get(0).forward(x));
            return isResidual() ? x.add(convolutions.get(1).forward(first)) : first;
        }
    }

    private final List<Block> blocks = new ArrayList<>();

    /** A network of the published widths. */
    public FeedForward(Parameters p) {
        single("conv1", NormalizedConvolution.of(p.in("conv1"), 3, 32, 9, 1));
        single("conv2", NormalizedConvolution.of(p.in("conv2"), 32, 64, 3, 2));
        single("conv3", NormalizedConvolution.of(p.in("conv3"), 64, 128, 3, 2));
        for (int block = 1; block <= RESIDUAL_BLOCKS; block++) {
            Parameters room = p.in("resid" + block);
            blocks.add(new Block(
                    "resid" + block,
                    List.of(
                            NormalizedConvolution.of(room.in("conv1"), 128, 128, 3, 1),
                            NormalizedConvolution.of(room.in("conv2"), 128, 128, 3, 1))));
        }
        single("convt1", NormalizedConvolution.doubling(p.in("convt1"), 128, 64));
        single("convt2", NormalizedConvolution.doubling(p.in("convt2"), 64, 32));
        single(PICTURE, NormalizedConvolution.of(p.in("convt3"), 32, 3, 9, 1));
    }

    private void single(String name, NormalizedConvolution convolution) {
        blocks.add(new Block(name, List.of(convolution)));
    }

    /**
     * A network with the weights of a file: one that this library trained and saved, or one of TensorFlow's, told apart by
     * the names of the tensors; see {@link #tensorFlowNames}.
     */
    public static Model<FeedForward> load(Backend backend, Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            boolean own = file.has("conv1.weight") && file.has("convt3.norm.bias");
            WeightNames names = own ? WeightNames.asInFile() : tensorFlowNames();
            return Model.build(backend, ParameterSource.file(file, names), FeedForward::new);
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
     * @return N x 3 x H' x W' of numbers from -22.5 to 277.5, as published; cut them to 0 to 255
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
            try (TiledFeedForward tiled = new TiledFeedForward(blocks, picture)) {
                if (tiled.isCut()) {
                    return tiled.stylized();
                }
            }
        }
        return Scope.keeping(() -> {
            Tensor y = forward(picture.affine(255, 0));
            // The network's paddings leave the first rows and columns over.
            for (int axis = 2; axis <= 3; axis++) {
                long size = picture.shape().size(axis);
                long over = y.shape().size(axis) - size;
                y = over == 0 ? y : y.slice(axis, over, size);
            }
            return y.affine(1 / 255.0, 0);
        });
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
