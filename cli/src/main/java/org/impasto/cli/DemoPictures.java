package org.impasto.cli;

import org.impasto.core.image.Image;

/** The demo's own pictures, rendered from noise: the same ones for the same size. */
final class DemoPictures {
    private DemoPictures() {}

    /** A mountain lake by day: ridges that fade into the air, firs on the slopes, and their reflection. */
    static Image content(int width, int height) {
        return new MountainLake(width, height).render();
    }

    /** An evening over the sea, painted with thick strokes that follow a flow. */
    static Image style(int width, int height) {
        return new ImpastoPainting(width, height).render();
    }
}
