package org.impasto.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;
import org.impasto.nn.functional.Reductions;

/** A dequantisation and a flow whose latents are standard normal numbers. */
public final class ImageFlow {
    private static final double ALPHA = 1e-5;

    private final Dequantization dequantization;
    private final Invertible flow;

    /** Any of them. */
    public ImageFlow(Dequantization dequantization, Invertible flow) {
        this.dequantization = dequantization;
        this.flow = flow;
    }

    /**
     * The flow of the UvA deep learning course (tutorial 11) for grey pictures of one size: a {@link Logit}, then 8
     * checkerboard couplings, with weights {@code flows.1.*} to {@code flows.8.*}. Its files hold them below
     * {@code state_dict.}.
     *
     * @param variational whether the dequantisation is learned: 4 couplings {@code flows.0.flows.0.*} and so on
     */
    public static ImageFlow checkerboards(Parameters p, int height, int width, boolean variational) {
        Dequantization dequantization = variational
                ? new VariationalDequantization(ALPHA, couplings(p.in("flows.0"), 4, 0, height, width, net(2, 16)))
                : UniformDequantization.unit(256);
        List<Invertible> layers = new ArrayList<>(List.of(new Logit(ALPHA)));
        layers.addAll(couplings(p, 8, 1, height, width, net(1, 32)));
        return new ImageFlow(dequantization, new InvertibleSequence(layers));
    }

    private static Function<Parameters, GatedConvNet> net(int in, int hidden) {
        return p -> new GatedConvNet(p, in, hidden, 2, 3);
    }

    private static List<MaskCoupling> couplings(
            Parameters p, int count, int first, int height, int width, Function<Parameters, GatedConvNet> network) {
        List<MaskCoupling> couplings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Mask mask = Mask.checkerboard(height, width);
            couplings.add(
                    new MaskCoupling(p.in("flows." + (first + i)), i % 2 == 0 ? mask : mask.inverted(), 1, network));
        }
        return couplings;
    }

    /** The dequantisation. */
    public Dequantization dequantization() {
        return dequantization;
    }

    /** The flow behind it: from numbers in [0, 1) to latents. */
    public Invertible flow() {
        return flow;
    }

    /**
     * Latents and likelihood of pictures.
     *
     * @param levels whole numbers from 0 up, (N, C, H, W)
     * @param noise uniform in [0, 1), of the same shape
     */
    public Encoding encode(Tensor levels, Tensor noise) {
        try (Scope scope = Scope.open()) {
            return kept(scope, flowed(dequantization.forward(levels, noise)));
        }
    }

    /** Latents and likelihood of pictures, with noise of the current run. */
    public Encoding encode(Tensor levels) {
        try (Scope scope = Scope.open()) {
            return kept(scope, flowed(dequantization.forward(levels)));
        }
    }

    /**
     * Bits for each number of pictures, estimated from several samples of the noise, which comes from the current run: the
     * logarithm of the samples' mean likelihood (Burda et al., "Importance weighted autoencoders", 2016). One sample gives an
     * upper bound on average; it falls towards the true value as there are more.
     *
     * @param levels whole numbers from 0 up, (N, C, H, W)
     * @param samples how many, at least 1
     * @return (N), in float64
     */
    public Tensor bitsPerDimension(Tensor levels, int samples) {
        if (samples < 1) {
            throw new ShapeException("image flow: likelihood from " + samples + " samples, expected 1 or more");
        }
        return Scope.keeping(() -> {
            List<Tensor> each = new ArrayList<>();
            for (int i = 0; i < samples; i++) {
                each.add(Scope.keeping(() ->
                        encode(levels).bitsPerDimension().reshape(levels.shape().size(0), 1)));
            }
            double bit = -Math.log(2) * GaussianPrior.dimensions(levels);
            Tensor logLikelihood = Reductions.logSumExp(Tensor.concat(1, each).affine(bit, 0), 1);
            return logLikelihood.reshape(levels.shape().size(0)).affine(1 / bit, -Math.log(samples) / bit);
        });
    }

    private Encoding flowed(Invertible.Result numbers) {
        Invertible.Result result = flow.forward(numbers.y());
        Tensor z = result.y();
        Tensor logDensity = LogDeterminants.perSample(z.square())
                .affine(-0.5, -0.5 * Math.log(2 * Math.PI) * GaussianPrior.dimensions(z));
        return new Encoding(List.of(z), numbers.logDet().add(result.logDet()), logDensity);
    }

    private static Encoding kept(Scope scope, Encoding encoding) {
        encoding.latents().forEach(scope::keep);
        scope.keep(encoding.logDet());
        scope.keep(encoding.logDensity());
        return encoding;
    }

    /** The levels of the pictures that have these latents, whole numbers in float64. */
    public Tensor decode(Tensor latents) {
        return Scope.keeping(() -> dequantization.inverse(flow.inverse(latents)));
    }
}
