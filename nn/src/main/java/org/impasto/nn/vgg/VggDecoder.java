package org.impasto.nn.vgg;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.PaddingMode;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.nn.tiling.ReceptiveField;
import org.jspecify.annotations.Nullable;

/**
 * A decoder from a feature map of VGG back to a picture: 3x3 convolutions with reflected edges, a relu after each, and
 * nearest-neighbour doubling where the encoder pooled.
 */
public final class VggDecoder implements Decoder {
    private static final List<String> NORMALISED_3 = List.of("1", "5", "8", "12", "15");
    private static final List<String> THIN = List.of(
            "conv51", "conv44", "conv43", "conv42", "conv41", "conv34", "conv33", "conv32", "conv31", "conv22",
            "conv21", "conv12", "conv11");

    /**
     * One convolution of a decoder.
     *
     * @param name in files
     * @param doubles whether the result is doubled in size
     */
    private record Step(String name, int in, int out, boolean doubles) {}

    private final List<Step> steps;
    private final List<Conv2d> convolutions = new ArrayList<>();
    private final boolean reluAtEnd;

    private VggDecoder(Parameters p, List<Step> steps, boolean reluAtEnd) {
        this.steps = steps;
        this.reluAtEnd = reluAtEnd;
        for (Step step : steps) {
            convolutions.add(Conv2d.same(p.in(step.name()), step.in(), step.out(), 3, PaddingMode.REFLECT));
        }
    }

    /**
     * A decoder with the weights of a file, recognised by the names of its tensors: the feature invertors of universal
     * style transfer for relu1_1, relu2_1, relu3_1 ({@code 1.weight} and so on; no relu at the end), and the decoders of
     * the thin VGG-19 ({@code conv11.weight}; a relu at the end).
     */
    public static Model<VggDecoder> load(Backend backend, Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            String prefix = prefix(file);
            if (prefix != null) {
                return load(backend, file, prefix);
            }
            throw new WeightException(file.path() + ": is no decoder that is known: expected tensors '1.weight'"
                    + " (feature invertor) or 'conv11.weight' (thin), found "
                    + file.names().subList(0, Math.min(4, file.names().size())));
        }
    }

    /** A decoder whose tensors a file holds below a prefix, as in {@code decoder.}. */
    public static Model<VggDecoder> load(Backend backend, WeightFile file, String prefix) {
        boolean thin = file.has(prefix + "conv11.weight");
        List<Step> steps = steps(file, prefix, thin);
        WeightNames names = WeightNames.asInFile()
                .below(prefix)
                .ignoring(name -> name.contains("_aux") || !name.startsWith(prefix));
        return Model.build(backend, ParameterSource.file(file, names), p -> new VggDecoder(p, steps, thin));
    }

    /** What stands before the names of a decoder that a file holds; null if it holds none. */
    static @Nullable String prefix(WeightFile file) {
        return isBelow(file, "") ? "" : isBelow(file, "model.") ? "model." : null;
    }

    private static boolean isBelow(WeightFile file, String prefix) {
        boolean decodes = file.has(prefix + "conv11.weight") || file.has(prefix + "1.weight");
        return decodes && !file.has(prefix + "conv0.weight");
    }

    private static List<Step> steps(WeightFile file, String prefix, boolean thin) {
        List<Step> steps = new ArrayList<>();
        List<String> present = (thin ? THIN : NORMALISED_3)
                .stream().filter(name -> file.has(prefix + name + ".weight")).toList();
        List<String> all = thin ? THIN : NORMALISED_3;
        List<String> expected = thin
                ? all.subList(all.size() - present.size(), all.size())
                : all.subList(0, present.size() > 3 ? 5 : present.size() > 1 ? 3 : 1);
        if (!present.equals(expected)) {
            throw new WeightException(file.path() + ": holds the convolutions " + present + " of a decoder, expected "
                    + expected + "; is the file complete?");
        }
        for (int i = 0; i < present.size(); i++) {
            String name = present.get(i);
            boolean doubles = thin
                    ? name.endsWith("1") && !name.equals("conv11")
                    : i == 0 && present.size() > 1 || i == 2 && present.size() > 3;
            var shape = file.spec(prefix + name + ".weight").shape();
            steps.add(new Step(name, shape.intSize(1), shape.intSize(0), doubles));
        }
        return steps;
    }

    @Override
    public int channels() {
        return steps.get(0).in();
    }

    @Override
    public int doublings() {
        return (int) steps.stream().filter(Step::doubles).count();
    }

    /** The picture, N x 3 x H x W, not clamped. */
    @Override
    public Tensor forward(Tensor features) {
        try (Scope scope = Scope.open()) {
            Tensor x = features;
            for (int i = 0; i < steps.size(); i++) {
                boolean relu = i < steps.size() - 1 || reluAtEnd;
                x = convolutions.get(i).forward(x, relu ? Activation.RELU : Activation.NONE, FusedPooling.NONE);
                if (steps.get(i).doubles()) {
                    x = x.resize(2 * x.shape().size(2), 2 * x.shape().size(3), Filter.NEAREST);
                }
                scope.only(x);
            }
            return scope.keep(x);
        }
    }

    @Override
    public ReceptiveField field() {
        ReceptiveField field = ReceptiveField.identity();
        for (Step step : steps) {
            field = field.same(3);
            if (step.doubles()) {
                field = field.enlarged(2);
            }
        }
        return field;
    }
}
