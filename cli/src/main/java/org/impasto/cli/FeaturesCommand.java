package org.impasto.cli;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes feature maps of a picture. */
@Command(
        name = "features",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Writes feature maps of a picture: tensors of 1 x channels x height x width, float32, named by layer.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  impasto features --net vgg19.pth --layers relu1_1,relu2_1,pool3 \\",
            "      --image photo.jpg --out photo-features.safetensors",
            "",
            "Layers are named reluB_K, behind convolution K of block B, and poolB, behind",
            "block B. A name that the network does not have is answered with those that it",
            "has. The picture is normalised where its network wants that; alpha is ignored.",
            "The file's metadata: net, net.file, image, image.width, image.height."
        })
final class FeaturesCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private NetworkOptions network;

    @Option(
            names = "--layers",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "Layers, e.g. relu3_1 or relu1_1,pool2.")
    private List<String> layers;

    FeaturesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        network.run(
                terminal,
                "features",
                Map.of("--layers", layers),
                (net, picture, writer) -> net.features(picture, layers)
                        .forEach((name, map) ->
                                writer.floats(name, map.spec(), () -> FloatBuffer.wrap(map.toFloats()))));
        return 0;
    }
}
