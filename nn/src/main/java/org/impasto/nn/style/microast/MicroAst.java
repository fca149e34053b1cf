package org.impasto.nn.style.microast;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;

/** The whole network: content encoder, style encoder, modulator and decoder. */
public final class MicroAst {
    private final MicroEncoder contentEncoder;
    private final MicroEncoder styleEncoder;
    private final Modulator modulator;
    private final MicroDecoder decoder;

    /** A network of 64 channels. */
    public MicroAst(Parameters p) {
        contentEncoder = new MicroEncoder(p.in("content_encoder"));
        styleEncoder = new MicroEncoder(p.in("style_encoder"));
        modulator = new Modulator(p.in("modulator"));
        decoder = new MicroDecoder(p.in("decoder"));
    }

    /** A network with published weights, which come in four files. */
    public static Model<MicroAst> load(
            Backend backend, Path contentEncoder, Path styleEncoder, Path modulator, Path decoder) {
        try (WeightFile content = WeightFile.open(contentEncoder);
                WeightFile style = WeightFile.open(styleEncoder);
                WeightFile signals = WeightFile.open(modulator);
                WeightFile picture = WeightFile.open(decoder)) {
            Map<String, ParameterSource> sources = new LinkedHashMap<>();
            sources.put("content_encoder", ParameterSource.file(content));
            sources.put("style_encoder", ParameterSource.file(style));
            sources.put("modulator", ParameterSource.file(signals));
            sources.put("decoder", ParameterSource.file(picture));
            return Model.build(backend, ParameterSource.byRoom(sources), MicroAst::new);
        }
    }

    /**
     * What steers the decoder.
     *
     * @param shallow made of a style's first features
     * @param deep made of its second
     */
    public record Signals(Modulator.Signal shallow, Modulator.Signal deep) {}

    /** The features of a content, N x 3 x H x W in [0, 1]. */
    public MicroEncoder.Features content(Tensor picture) {
        return contentEncoder.features(picture);
    }

    /** The features of a style, N x 3 x H x W in [0, 1]. */
    public MicroEncoder.Features style(Tensor picture) {
        return styleEncoder.features(picture);
    }

    /** What steers the decoder towards a style of those features. */
    public Signals signals(MicroEncoder.Features style) {
        return new Signals(modulator.first(style.first()), modulator.second(style.second()));
    }

    /**
     * Features in a style's manner, ready for the last part of the decoder.
     *
     * @param deep gives features the statistics of the style's second features
     * @param shallow gives features the statistics of the style's first features
     */
    public Tensor stylized(MicroEncoder.Features content, Signals signals, Layer deep, Layer shallow) {
        return Scope.keeping(() -> {
            Tensor x = deep(deep.forward(content.second()), signals.deep());
            return shallow(shallow.forward(x), signals.shallow());
        });
    }

    /** The decoder's first block, for features that have the statistics of a style's second features. */
    Tensor deep(Tensor x, Modulator.Signal signal) {
        return decoder.deep(x, signal);
    }

    /** The decoder's second block, for features that have the statistics of a style's first features. */
    Tensor shallow(Tensor x, Modulator.Signal signal) {
        return decoder.shallow(x, signal);
    }

    /** What the signals are the means of, over the pixels of a style's features. */
    Signals signalMaps(MicroEncoder.Features style) {
        return new Signals(modulator.firstMaps(style.first()), modulator.secondMaps(style.second()));
    }

    /** The picture of features in a style's manner: N x 3 x 4H x 4W, not clamped. */
    public Tensor picture(Tensor stylized) {
        return decoder.picture(stylized);
    }
}
