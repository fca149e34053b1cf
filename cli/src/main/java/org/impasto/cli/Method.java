package org.impasto.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** The methods of {@code stylize}. */
enum Method {
    COLOR(""),
    ADAIN("an encoder and its decoder, or such a pair for each of several levels, for instance"
            + " vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth"),
    WCT(ADAIN.weights),
    SWAP("an encoder and its decoder, for instance vgg_normalised_conv3_1.pth feature_invertor_conv3_1.pth"),
    JOHNSON("a network of one style, for instance wave.safetensors, or several of them"),
    MICROAST("the content encoder, the style encoder, the modulator and the decoder"),
    PCAKD("an encoder and its decoder, for instance vgg_sencoder.safetensors vgg_sdecoder.safetensors");

    private final String weights;

    Method(String weights) {
        this.weights = weights;
    }

    /** What --weights has to hold, in words; empty if nothing. */
    String weights() {
        return weights;
    }

    boolean needsWeights() {
        return !weights.isEmpty();
    }

    /** Whether that many weight files may be right. */
    boolean takes(int files) {
        return switch (this) {
            case COLOR -> files == 0;
            case ADAIN, WCT -> files >= 2 && files % 2 == 0;
            case SWAP, PCAKD -> files == 2;
            case JOHNSON -> files >= 1;
            case MICROAST -> files == 4;
        };
    }

    /** Whether it takes style pictures; else the weights are the style. */
    boolean takesStyles() {
        return this != JOHNSON;
    }

    /** The method of a name, in small or capital letters. */
    static Method named(String name) {
        for (Method method : values()) {
            if (method.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return method;
            }
        }
        String known = Arrays.stream(values()).map(Method::toString).collect(Collectors.joining(", "));
        throw new TypeConversionException("expected one of " + known + ", found '" + name + "'");
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
