package org.impasto.nn.style;

import java.util.function.Supplier;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;

/**
 * A method that gives a content picture the manner of styles. A style is prepared once and serves many contents or
 * frames; several styles work together in one pass over the content, each in its share and region: see {@link StyleMix}.
 * A method may serve several threads at once.
 *
 * <p>Errors: {@link org.impasto.core.ShapeException} for pictures, masks and codes that do not fit.
 */
public interface StyleTransfer extends AutoCloseable {
    /**
     * What the method keeps of a style.
     *
     * @param style 1 x 3 x h x w in [0, 1], of any size
     * @return a code that the caller closes
     */
    StyleCode prepare(Tensor style);

    /**
     * The content in the manner of a mix of styles.
     *
     * @param content 1 x 3 x H x W in [0, 1], of any size
     * @param mix codes that this method (or one loaded from the same files) prepared; masks are 1 x 1 x H x W
     * @return 1 x 3 x H x W in [0, 1]; the content itself where the mix has strength 0
     */
    Tensor stylize(Tensor content, StyleMix mix);

    /** The content in the manner of one style picture, which is prepared for this call alone. */
    default Tensor stylize(Tensor content, Tensor style, double strength) {
        Run run = Run.current();
        try (StyleCode code = within(run.part(0, 0.2), () -> prepare(style));
                Scope scope = Scope.open(run.part(0.2, 1))) {
            return scope.keep(stylize(content, StyleMix.of(code).withStrength(strength)));
        }
    }

    private static StyleCode within(Run run, Supplier<StyleCode> work) {
        try (Scope scope = Scope.open(run)) {
            return work.get();
        }
    }

    /** Gives the weights back. Codes that were prepared stay. */
    @Override
    void close();
}
