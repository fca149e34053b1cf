package org.impasto.cli;

import java.nio.file.Path;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.nn.style.FeatureTransfer;
import org.impasto.nn.style.StyleTransfer;
import org.impasto.nn.style.microast.MicroAstTransfer;
import org.impasto.nn.style.photoreal.PhotorealisticTransfer;

/** Loads the networks of a method from its weight files. */
final class StyleNetworks {
    private StyleNetworks() {}

    static StyleTransfer load(Method method, List<Path> files) {
        Backend backend = CommandBackend.get();
        return switch (method) {
            case ADAIN -> FeatureTransfer.load(backend, FeatureTransfer.Method.ADAIN, files);
            case WCT -> FeatureTransfer.load(backend, FeatureTransfer.Method.WCT, files);
            case SWAP -> FeatureTransfer.load(backend, FeatureTransfer.Method.SWAP, files);
            case MICROAST -> MicroAstTransfer.load(backend, files.get(0), files.get(1), files.get(2), files.get(3));
            case PCAKD -> PhotorealisticTransfer.load(backend, files.get(0), files.get(1));
            case COLOR, JOHNSON -> throw new IllegalArgumentException(method + " has no networks that styles share");
        };
    }
}
