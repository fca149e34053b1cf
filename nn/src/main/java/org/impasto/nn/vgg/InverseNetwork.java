package org.impasto.nn.vgg;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.PaddingMode;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.nn.tiling.ReceptiveField;

/**
 * The inverse of an encoder that ends at relu3_1 (Chen and Schmidt, "Fast patch-based style transfer of arbitrary style",
 * 2016): nine 3x3 convolutions with reflected edges, a relu behind all but the last, and nearest-neighbour doubling behind
 * the fourth and the seventh. Its files name the parameters {@code inverse.conv1.weight} to {@code inverse.conv9.bias}.
 *
 * <p>Beside the published chain, a relu's result is averaged with as many channels of what entered the convolution, and the
 * last result counts as eighths from mid-grey: new weights then begin near grey, and fewer steps are needed.
 */
public final class InverseNetwork implements Decoder {
    /** Convolutions behind which the size is doubled. */
    private static final List<Integer> DOUBLED = List.of(4, 7);

    private static final int CONVOLUTIONS = 9;
    private static final String ROOM = "inverse";
    private static final double GREY = 0.5;
    private static final double DEVIATION = 0.125;
    /** Half as many computations as the encoder: the fewer channels, the larger the maps. */
    private static final List<Integer> WIDTHS = List.of(128, 128, 128, 64, 64, 64, 32, 32);

    private final int channels;
    private final List<Conv2d> convolutions = new ArrayList<>();

    /** A network of the standard widths: 256 channels, then 128, 128, 128, 64, 64, 64, 32, 32 and 3. */
    public InverseNetwork(Parameters p) {
        this(p, 256);
    }

    /** A network of the standard widths for feature maps of that many channels. */
    public InverseNetwork(Parameters p, int channels) {
        this(p, channels, WIDTHS);
    }

    /**
     * A network of any widths.
     *
     * @param channels of the feature map that enters
     * @param widths output channels of the first eight convolutions
     */
    public InverseNetwork(Parameters p, int channels, List<Integer> widths) {
        if (widths.size() != CONVOLUTIONS - 1) {
            throw new IllegalArgumentException("inverse network: " + widths.size() + " widths, expected eight");
        }
        this.channels = channels;
        Parameters room = p.in(ROOM);
        int in = channels;
        for (int number = 1; number <= CONVOLUTIONS; number++) {
            int out = number < CONVOLUTIONS ? widths.get(number - 1) : 3;
            convolutions.add(Conv2d.same(room.in("conv" + number), in, out, 3, PaddingMode.REFLECT));
            in = out;
        }
    }

    /** Whether a file holds such a network. */
    public static boolean isIn(WeightFile file) {
        return file.has(weight(1));
    }

    /** A network with the weights of a file, at the file's widths. */
    public static Model<InverseNetwork> load(Backend backend, WeightFile file) {
        List<Integer> widths = new ArrayList<>();
        int entering = 0;
        for (int number = 1; number < CONVOLUTIONS; number++) {
            Shape shape = file.has(weight(number)) ? file.spec(weight(number)).shape() : Shape.scalar();
            if (shape.rank() != 4) {
                throw new WeightException(file.path() + ": expected a tensor '" + weight(number)
                        + "' of an inverse network with shape (out, in, 3, 3), found "
                        + (file.has(weight(number)) ? shape : "none"));
            }
            entering = number == 1 ? shape.intSize(1) : entering;
            widths.add(shape.intSize(0));
        }
        int in = entering;
        return Model.build(
                backend, ParameterSource.file(file, WeightNames.asInFile()), p -> new InverseNetwork(p, in, widths));
    }

    private static String weight(int number) {
        return ROOM + ".conv" + number + ".weight";
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int doublings() {
        return DOUBLED.size();
    }

    /**
     * The picture.
     *
     * @param features N x C x H x W, sides of 2 cells or more
     * @return N x 3 x 4 H x 4 W, about [0, 1], not clamped
     */
    @Override
    public Tensor forward(Tensor features) {
        try (Scope scope = Scope.open()) {
            Tensor x = features;
            for (int number = 1; number < CONVOLUTIONS; number++) {
                Tensor y = convolutions.get(number - 1).forward(x, Activation.RELU, FusedPooling.NONE);
                y = withShortcut(y, x);
                x = DOUBLED.contains(number)
                        ? y.resize(2 * y.shape().size(2), 2 * y.shape().size(3), Filter.NEAREST)
                        : y;
                scope.only(x);
            }
            return scope.keep(convolutions.get(CONVOLUTIONS - 1).forward(x).affine(DEVIATION, GREY));
        }
    }

    /** The mean of both, where there are at least as many channels before as behind. */
    private static Tensor withShortcut(Tensor behind, Tensor before) {
        long count = behind.shape().size(1);
        long given = before.shape().size(1);
        if (given < count) {
            return behind;
        }
        return behind.add(given == count ? before : before.slice(1, 0, count)).affine(0.5, 0);
    }

    @Override
    public ReceptiveField field() {
        ReceptiveField field = ReceptiveField.identity();
        for (int number = 1; number <= CONVOLUTIONS; number++) {
            field = field.same(3);
            if (DOUBLED.contains(number)) {
                field = field.enlarged(2);
            }
        }
        return field;
    }
}
