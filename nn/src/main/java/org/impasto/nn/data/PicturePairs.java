package org.impasto.nn.data;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;

/**
 * Contents, each with a style.
 *
 * @param content N pictures of one size
 * @param style N pictures of one size
 */
public record PicturePairs(PictureBatch content, PictureBatch style) {
    /** Pairs of pictures as they come at each step: with two shuffled folders, random ones. */
    public static Batches<PicturePairs> of(Batches<List<Image>> contents, Batches<List<Image>> styles) {
        return contents.with(
                styles, (content, style) -> new PicturePairs(PictureBatch.of(content), PictureBatch.of(style)));
    }

    /** The same, with each style in the colours of its content: see {@link HistogramMatching}. */
    public static Batches<PicturePairs> inContentColors(Batches<List<Image>> contents, Batches<List<Image>> styles) {
        return contents.with(styles, (content, style) -> {
            List<Image> matched = new ArrayList<>();
            for (int i = 0; i < style.size(); i++) {
                matched.add(HistogramMatching.to(content.get(i)).matched(style.get(i)));
            }
            return new PicturePairs(PictureBatch.of(content), PictureBatch.of(matched));
        });
    }

    /** The contents as a float32 tensor N x 3 x H x W in the caller's scope. */
    public Tensor x(Backend backend) {
        return content.x(backend);
    }

    /** The styles as a float32 tensor N x 3 x H x W in the caller's scope. */
    public Tensor y(Backend backend) {
        return style.x(backend);
    }
}
