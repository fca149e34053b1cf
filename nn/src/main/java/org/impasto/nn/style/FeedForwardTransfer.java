package org.impasto.nn.style;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.nn.Init;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.style.FeedForward.Form;

/**
 * Style transfer by {@link FeedForward} networks, whose styles are weight files: a code is prepared from a file, and none
 * from a picture. Several codes, masks and the strength mix pictures: each network works on the whole content.
 */
public final class FeedForwardTransfer implements StyleTransfer {
    private static final String NAME = "feed-forward network";

    private final Backend backend;

    /** The method on a backend; it has no weights of its own. */
    public FeedForwardTransfer(Backend backend) {
        this.backend = backend;
    }

    /** Always an error, because a style cannot be made of a picture here: see {@link #prepare(Path)}. */
    @Override
    public StyleCode prepare(Tensor style) {
        throw new WeightException("a feed-forward network has its style in its weights, expected a weight file"
                + " instead of a style picture");
    }

    /** The style of a weight file that {@link FeedForward#load} knows. */
    public StyleCode prepare(Path weights) {
        try (Scope scope = Scope.open();
                Model<FeedForward> model = FeedForward.load(backend, weights)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Parameter parameter : model.weights().all()) {
                tensors.put(parameter.path(), parameter.value());
            }
            return new StyleCode(NAME, tensors);
        }
    }

    @Override
    public Tensor stylize(Tensor content, StyleMix mix) {
        mix.check(content, NAME);
        if (mix.strength() == 0) {
            return content;
        }
        return Scope.keeping(() -> {
            Tensor result = mix.applied(content, 1, (picture, region) -> style -> styled(picture, style));
            Run.current().report(1);
            return mix.laidOver(content, result);
        });
    }

    private static Tensor styled(Tensor content, StyleCode style) {
        return Scope.keeping(() -> {
            Backend plain = content.plain().backend();
            Form form = Form.of(style.names());
            try (Model<FeedForward> model = Model.build(plain, source(style), p -> new FeedForward(p, form))) {
                return model.net().stylized(content).clamp(0, 1);
            }
        });
    }

    private static ParameterSource source(StyleCode style) {
        return (Backend backend, String path, Shape shape, Init init) -> style.get(path);
    }

    @Override
    public void close() {}
}
