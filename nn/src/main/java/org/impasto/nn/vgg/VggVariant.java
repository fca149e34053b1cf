package org.impasto.nn.vgg;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.PaddingMode;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.jspecify.annotations.Nullable;

/**
 * A published form of VGG: how many convolutions and channels its blocks have, how it pads, pools and prepares pictures,
 * and how its files name the convolutions.
 *
 * @param name for messages
 * @param blocks convolutions in their order, by block; a block's pooling stands behind it
 * @param colour name of a 1x1 convolution in front that prepares colours, or empty
 * @param padding how 3x3 convolutions fill the cells beyond the edge
 * @param ceilPooling whether an odd last row or column is pooled alone; else it is dropped
 * @param normalises whether pictures are normalised by the mean and deviation of ImageNet first
 * @param prefix of all names in files
 * @param missing names of the convolutions that the last block lacks, because the file ends inside it; the block's
 *     pooling, which stands behind them, cannot be had then
 */
public record VggVariant(
        String name,
        List<List<Convolution>> blocks,
        String colour,
        PaddingMode padding,
        boolean ceilPooling,
        boolean normalises,
        String prefix,
        List<String> missing) {
    private static final int[] CONVOLUTIONS_16 = {2, 2, 3, 3, 3};
    private static final int[] CONVOLUTIONS_19 = {2, 2, 4, 4, 4};
    private static final int[] WIDTHS = {64, 128, 256, 512, 512};

    /** One 3x3 convolution followed by a relu: its name in files and its output channels. */
    public record Convolution(String name, int channels) {}

    /** VGG-19 in torchvision's layout at its published widths 64, 128, 256, 512, 512. */
    public static VggVariant torchvision19() {
        return torchvision(CONVOLUTIONS_19, WIDTHS);
    }

    /** VGG-16 in torchvision's layout at its published widths 64, 128, 256, 512, 512. */
    public static VggVariant torchvision16() {
        return torchvision(CONVOLUTIONS_16, WIDTHS);
    }

    /**
     * A network in torchvision's layout: zero padding, pooling that drops odd edges, normalised pictures, and names
     * {@code features.N} where N counts convolutions, relus and poolings.
     *
     * @param convolutions number in each block
     * @param widths channels of each block
     */
    public static VggVariant torchvision(int[] convolutions, int[] widths) {
        List<List<Convolution>> blocks = new ArrayList<>();
        int index = 0;
        int total = 0;
        for (int block = 0; block < convolutions.length; block++) {
            List<Convolution> layers = new ArrayList<>();
            for (int i = 0; i < convolutions[block]; i++) {
                layers.add(new Convolution("features." + index, widths[block]));
                index += 2;
            }
            index++;
            total += convolutions[block];
            blocks.add(layers);
        }
        return new VggVariant("vgg" + (total + 3), blocks, "", PaddingMode.ZERO, false, true, "", List.of());
    }

    /** This variant without normalisation, for pictures that are prepared already. */
    public VggVariant withoutNormalisation() {
        return new VggVariant(name, blocks, colour, padding, ceilPooling, false, prefix, missing);
    }

    /** This variant with only the first blocks, whole ones; an error if it has not so many. */
    public VggVariant firstBlocks(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("number of blocks is " + count + ", expected 1 or more");
        }
        if (count > wholeBlocks()) {
            throw new WeightException(
                    name + ": " + ending() + ", expected " + count + " whole ones: use a file that goes further");
        }
        return new VggVariant(
                name,
                List.copyOf(blocks.subList(0, count)),
                colour,
                padding,
                ceilPooling,
                normalises,
                prefix,
                List.of());
    }

    /** Number of blocks that have all their convolutions, so that the pooling behind them can be had. */
    public int wholeBlocks() {
        return blocks.size() - (missing.isEmpty() ? 0 : 1);
    }

    /** Where the convolutions end and which are missing, in words, for messages. */
    public String ending() {
        if (missing.isEmpty()) {
            return "there are " + blocks.size() + " blocks";
        }
        int last = blocks.size();
        return "the weights end at conv" + last + "_" + blocks.get(last - 1).size() + ", inside block " + last
                + " (missing: " + String.join(", ", missing) + ")";
    }

    /**
     * The variant that a file holds, recognised by the names of its tensors; its widths and depth are the file's:
     * torchvision's VGG-16 and 19, the normalised VGG-19 of universal style transfer ({@code 0.weight}), and the thin
     * VGG-19 of collaborative distillation ({@code conv11.weight}).
     */
    public static VggVariant of(WeightFile file) {
        VggVariant variant = find(file);
        if (variant != null) {
            return variant;
        }
        throw new WeightException(file.path() + ": is no VGG that is known: expected tensors 'features.0.weight'"
                + " (torchvision), '0.weight' (normalised) or 'conv0.weight' (thin), found "
                + file.names().subList(0, Math.min(4, file.names().size())));
    }

    /** Whether a file holds a variant that {@link #of} knows. */
    public static boolean isIn(WeightFile file) {
        return find(file) != null;
    }

    private static @Nullable VggVariant find(WeightFile file) {
        VggVariant plain = below(file, "");
        return plain != null ? plain : below(file, "model.");
    }

    /** The variant whose tensors a file holds below a prefix, as in {@code encoder.}; null if it holds none there. */
    public static @Nullable VggVariant below(WeightFile file, String prefix) {
        if (file.has(prefix + "features.0.weight")) {
            return ofTorchvision(file, prefix);
        }
        if (file.has(prefix + "0.weight") && file.has(prefix + "2.weight")) {
            return ofNormalised(file, prefix);
        }
        return file.has(prefix + "conv0.weight") && file.has(prefix + "conv11.weight") ? ofThin(file, prefix) : null;
    }

    private static VggVariant ofTorchvision(WeightFile file, String prefix) {
        // The 17th index is a relu in VGG-19's third block and a convolution in VGG-16's fourth.
        int[] full = file.has(prefix + "features.17.weight") ? CONVOLUTIONS_16 : CONVOLUTIONS_19;
        return torchvision(full, WIDTHS).present(file, prefix);
    }

    private static VggVariant ofNormalised(WeightFile file, String prefix) {
        int[][] indices = {{2, 5}, {9, 12}, {16, 19, 22, 25}, {29, 32, 35, 38}, {42, 45, 48, 51}};
        List<List<Convolution>> blocks = new ArrayList<>();
        for (int[] block : indices) {
            List<Convolution> layers = new ArrayList<>();
            for (int index : block) {
                layers.add(new Convolution(Integer.toString(index), 0));
            }
            blocks.add(layers);
        }
        return new VggVariant("normalised vgg19", blocks, "0", PaddingMode.REFLECT, true, false, prefix, List.of())
                .present(file, prefix);
    }

    private static VggVariant ofThin(WeightFile file, String prefix) {
        List<List<Convolution>> blocks = new ArrayList<>();
        for (int block = 1; block <= CONVOLUTIONS_19.length; block++) {
            List<Convolution> layers = new ArrayList<>();
            for (int i = 1; i <= CONVOLUTIONS_19[block - 1]; i++) {
                layers.add(new Convolution("conv" + block + i, 0));
            }
            blocks.add(layers);
        }
        return new VggVariant("thin vgg19", blocks, "conv0", PaddingMode.REFLECT, false, false, prefix, List.of())
                .present(file, prefix);
    }

    /** This variant as far as a file holds it, with the file's widths. */
    private VggVariant present(WeightFile file, String place) {
        List<List<Convolution>> found = new ArrayList<>();
        List<String> lacking = List.of();
        String firstAbsent = null;
        for (List<Convolution> block : blocks) {
            List<Convolution> layers = new ArrayList<>();
            List<String> absent = new ArrayList<>();
            for (Convolution layer : block) {
                String weight = place + layer.name() + ".weight";
                if (!file.has(weight)) {
                    absent.add(layer.name());
                    firstAbsent = firstAbsent == null ? weight : firstAbsent;
                } else if (firstAbsent == null) {
                    layers.add(new Convolution(layer.name(), channels(file, weight)));
                } else {
                    throw new WeightException(file.path() + ": has no tensor '" + firstAbsent + "', but '" + weight
                            + "', which stands behind it in " + name + ": is it another network?");
                }
            }
            if (!layers.isEmpty()) {
                found.add(layers);
                lacking = absent;
            }
        }
        return new VggVariant(name, found, colour, padding, ceilPooling, normalises, place, List.copyOf(lacking));
    }

    private static int channels(WeightFile file, String weight) {
        if (file.spec(weight).shape().rank() != 4) {
            throw new WeightException(file.path() + ": tensor '" + weight + "' has shape "
                    + file.spec(weight).shape() + ", expected a convolution's (out, in, 3, 3)");
        }
        return file.spec(weight).shape().intSize(0);
    }
}
