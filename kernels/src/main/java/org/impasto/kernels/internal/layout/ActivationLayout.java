package org.impasto.kernels.internal.layout;

/** The order in which a feature map's numbers lie in an array. */
public enum ActivationLayout {
    /** {@code [N][C][H][W]}. */
    PLANAR,
    /** {@code [N][C/16][H][W][16]}, lanes above the last channel zero. */
    BLOCKED
}
