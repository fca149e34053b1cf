package org.impasto.cli;

import java.util.List;
import org.impasto.core.image.Image;

/** Styles that were prepared once, for any number of contents. */
interface Styles extends AutoCloseable {
    /**
     * The content in these styles: of the content's size and with its alpha.
     *
     * @param masks none, or one a style in the order of the styles; they are brought to the content's size, and count as
     *     much as they are bright
     */
    Image applied(Image content, List<Image> masks);

    @Override
    void close();
}
