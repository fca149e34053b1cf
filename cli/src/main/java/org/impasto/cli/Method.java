package org.impasto.cli;

import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** The methods of {@code stylize}. */
enum Method {
    COLOR,
    ADAIN,
    WCT;

    boolean needsWeights() {
        return this != COLOR;
    }

    /** The method of a name, in small or capital letters. */
    static Method named(String name) {
        for (Method method : values()) {
            if (method.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return method;
            }
        }
        throw new TypeConversionException("expected color, adain or wct, found '" + name + "'");
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
