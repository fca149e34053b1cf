package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;

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

    private final List<NormalisedConvolution> down = new ArrayList<>();
    private final List<NormalisedConvolution> residual = new ArrayList<>();
    private final List<NormalisedConvolution> up = new ArrayList<>();
    private final NormalisedConvolution last;

    /** A network of the published widths. */
    public FeedForward(Parameters p) {
        down.add(NormalisedConvolution.of(p.in("conv1"), 3, 32, 9, 1));
        down.add(NormalisedConvolution.of(p.in("conv2"), 32, 64, 3, 2));
        down.add(NormalisedConvolution.of(p.in("conv3"), 64, 128, 3, 2));
        for (int block = 1; block <= RESIDUAL_BLOCKS; block++) {
            residual.add(NormalisedConvolution.of(p.in("resid" + block + ".conv1"), 128, 128, 3, 1));
            residual.add(NormalisedConvolution.of(p.in("resid" + block + ".conv2"), 128, 128, 3, 1));
        }
        up.add(NormalisedConvolution.transposed(p.in("convt1"), 128, 64, 3, 2));
        up.add(NormalisedConvolution.transposed(p.in("convt2"), 64, 32, 3, 2));
        last = NormalisedConvolution.of(p.in("convt3"), 32, 3, 9, 1);
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
                .laidOut(path -> path.endsWith(".norm.weight") || path.endsWith(".bias") ? null : new int[] {3, 2, 0, 1});
    }

    /**
     * The stylized picture.
     *
     * @param picture N x 3 x H x W of numbers from 0 to 255
     * @return N x 3 x H' x W' of numbers from -22.5 to 277.5, as published; cut them to 0 to 255
     */
    @Override
    public Tensor forward(Tensor picture) {
        return Scope.keeping(() -> {
            Map<String, Tensor> all = features(picture, List.of("y"));
            return all.values().iterator().next();
        });
    }

    /**
     * Results inside the network by name: {@code conv3}, {@code resid5} and {@code convt1} for the layers of that name,
     * behind their relu, and {@code y} for the picture.
     */
    public Map<String, Tensor> features(Tensor picture, List<String> names) {
        return Scope.keepingMap(() -> {
            Map<String, Tensor> found = new LinkedHashMap<>();
            Tensor x = picture;
            for (int i = 0; i < down.size(); i++) {
                x = found(found, names, "conv" + (i + 1), down.get(i).forward(x).relu());
            }
            for (int i = 0; i < residual.size(); i += 2) {
                Tensor inner = residual.get(i).forward(x).relu();
                x = found(found, names, "resid" + (i / 2 + 1), x.add(residual.get(i + 1).forward(inner)));
            }
            for (int i = 0; i < up.size(); i++) {
                x = found(found, names, "convt" + (i + 1), up.get(i).forward(x).relu());
            }
            found(found, names, "y", last.forward(x).tanh().affine(150, 127.5));
            return found;
        });
    }

    private static Tensor found(Map<String, Tensor> found, List<String> names, String name, Tensor x) {
        if (names.contains(name)) {
            found.put(name, x);
        }
        return x;
    }
}
