package org.impasto.cli;

import java.util.Locale;

/** The methods of {@code stylize}. */
enum Method {
    COLOR,
    ADAIN,
    WCT;

    boolean needsWeights() {
        return this != COLOR;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
