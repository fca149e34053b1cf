package org.impasto.cli;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.vgg.StyleMap;
import org.impasto.nn.vgg.Vgg;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes Gram matrices of a picture's feature maps. */
@Command(
        name = "gram",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Writes Gram matrices of a picture's feature maps, divided by height * width: tensors of 1 x channels x"
                        + " channels, float32, named by layer.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  impasto gram --net vgg19.pth --layers relu1_1,relu2_1,relu3_1 \\",
            "      --image painting.jpg --out painting-gram.safetensors",
            "  impasto gram --net vgg19.pth --style-map \\",
            "      --image painting.jpg --out painting-style.safetensors",
            "",
            "'impasto features --help' tells about layers and the file's metadata."
        })
final class GramCommand implements Callable<Integer> {
    private static final List<String> BLOCKS = List.of("pool1", "pool2", "pool3");

    private final Terminal terminal;

    @Mixin
    private NetworkOptions network;

    @Option(
            names = "--layers",
            split = ",",
            paramLabel = "NAME",
            description = "Layers, e.g. relu3_1 or relu1_1,pool2.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--style-map",
            description =
                    "Also write style_map, for which --net goes down to pool3: the Gram matrices of pool1, pool2 and pool3, the larger ones max-pooled to"
                            + " the smallest, then added.")
    private boolean styleMap;

    GramCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (layers.isEmpty() && !styleMap) {
            throw new UsageException("nothing to compute: give --layers, or --style-map, or both");
        }
        Map<String, List<String>> wanted = new LinkedHashMap<>();
        wanted.put("--layers", layers);
        if (styleMap) {
            wanted.put("--style-map needs a net down to pool3", BLOCKS);
        }
        List<String> all =
                wanted.values().stream().flatMap(List::stream).distinct().toList();
        network.run(terminal, "gram", wanted, (net, picture, writer) -> announce(net, picture, writer, all));
        return 0;
    }

    private void announce(Vgg net, Tensor picture, WeightWriter writer, List<String> all) {
        Map<String, Tensor> grams = net.grams(picture, all);
        grams.forEach((name, gram) -> {
            if (layers.contains(name)) {
                announce(writer, name, gram);
            }
        });
        if (styleMap) {
            announce(
                    writer,
                    "style_map",
                    StyleMap.ofGrams(BLOCKS.stream().map(grams::get).toList()));
        }
    }

    private static void announce(WeightWriter writer, String name, Tensor tensor) {
        writer.floats(name, tensor.spec(), () -> FloatBuffer.wrap(tensor.toFloats()));
    }
}
