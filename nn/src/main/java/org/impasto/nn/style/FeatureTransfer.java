package org.impasto.nn.style;

import java.nio.file.Path;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggDecoder;

/**
 * Style transfer through features: both pictures are encoded by a VGG, the content's features are given the style's
 * statistics, and a decoder makes the picture.
 */
public final class FeatureTransfer implements AutoCloseable {
    /** How the content's features get the style's statistics. */
    public enum Method {
        /** Mean and deviation of each channel: see {@link AdaIn}. */
        ADAIN,
        /** Mean and covariance of all channels: see {@link Wct}. */
        WCT
    }

    private final Method method;
    private final Model<Vgg> encoder;
    private final Model<VggDecoder> decoder;
    private final String tap;

    private FeatureTransfer(Method method, Model<Vgg> encoder, Model<VggDecoder> decoder, String tap) {
        this.method = method;
        this.encoder = encoder;
        this.decoder = decoder;
        this.tap = tap;
    }

    /**
     * A method with the weights of an encoder and of a decoder trained with it. The layer is the one from which the
     * decoder doubles as often as the encoder pools before it.
     */
    public static FeatureTransfer load(Backend backend, Method method, Path encoderFile, Path decoderFile) {
        Model<Vgg> encoder = Vgg.load(backend, encoderFile);
        boolean complete = false;
        try {
            Model<VggDecoder> decoder = VggDecoder.load(backend, decoderFile);
            try {
                FeatureTransfer transfer = new FeatureTransfer(method, encoder, decoder, matchingTap(encoder, decoder));
                complete = true;
                return transfer;
            } finally {
                if (!complete) {
                    decoder.close();
                }
            }
        } finally {
            if (!complete) {
                encoder.close();
            }
        }
    }

    private static String matchingTap(Model<Vgg> encoder, Model<VggDecoder> decoder) {
        var blocks = encoder.net().variant().blocks();
        int wanted = decoder.net().channels();
        int block = decoder.net().doublings() + 1;
        String tap = "relu" + block + "_1";
        if (block > blocks.size() || blocks.get(block - 1).get(0).channels() != wanted) {
            throw new ShapeException("the decoder takes " + wanted + " channels of " + tap + ", but the "
                    + encoder.net().variant().name() + " encoder has "
                    + (block > blocks.size()
                            ? "no such layer"
                            : blocks.get(block - 1).get(0).channels() + " there")
                    + ": do both belong together?");
        }
        return tap;
    }

    /**
     * The content in the style's manner.
     *
     * @param content 1 x 3 x H x W in [0, 1]
     * @param style 1 x 3 x H' x W' in [0, 1]
     * @param strength 0 decodes the content's own features, 1 is the full transfer
     * @return 1 x 3 x H'' x W'' in [0, 1], where H'' and W'' are H and W rounded to whole cells of the features: up if
     *     the encoder pools in ceil mode, else down
     */
    public Tensor apply(Tensor content, Tensor style, double strength) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new ShapeException("strength is " + strength + ", expected 0 to 1");
        }
        Run run = Run.current();
        return Scope.keeping(() -> {
            Tensor styleFeatures = encoder.net().feature(style, tap);
            run.report(0.3);
            Tensor contentFeatures = encoder.net().feature(content, tap);
            run.report(0.6);
            Tensor transferred = switch (method) {
                case ADAIN -> AdaIn.apply(contentFeatures, styleFeatures, strength);
                case WCT -> Wct.apply(contentFeatures, styleFeatures, strength);
            };
            run.report(0.7);
            Tensor picture = decoder.net().forward(transferred).clamp(0, 1);
            run.report(1);
            return picture;
        });
    }

    /** Gives the weights back. */
    @Override
    public void close() {
        encoder.close();
        decoder.close();
    }
}
