package org.impasto.nn.training;

import java.util.List;
import org.impasto.core.image.Image;

/** Shows what a network can do so far: pictures for a grid. */
@FunctionalInterface
public interface SamplePictures {
    /**
     * Makes pictures with the parameters as they are (their average, if the training keeps one), in a scope of an
     * inference run with a seed that is the same each time.
     *
     * @param step number of steps done
     * @return rows of pictures, each from left to right
     */
    List<List<Image>> at(long step);
}
