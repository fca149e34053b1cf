package org.impasto.cli;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightWriter;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands have in common that run a network on a picture and write tensors. */
final class NetworkOptions {
    static final int LARGEST_SIZE = 20_000;
    private static final List<String> TENSORS = List.of(".safetensors");

    @Option(
            names = "--net",
            required = true,
            paramLabel = "FILE",
            description = "Weights of a VGG: torchvision's VGG-16 or 19, the normalised VGG-19 of universal style"
                    + " transfer, or the thin one of collaborative distillation; .safetensors or .pth, or a name that"
                    + " 'impasto weights' knows.")
    private Path net;

    @Option(
            names = "--image",
            required = true,
            paramLabel = "FILE",
            description = "Picture: PNG or JPEG, on white where it is transparent.")
    private Path image;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Result: .safetensors. An older file is replaced, missing folders are made.")
    private Path out;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Scale the picture to N pixels on its longer side first. Default: its own size.")
    private @Nullable Integer size;

    /** Computes tensors of a picture by a network and announces them to the writer. */
    interface Work {
        void announce(Vgg net, Tensor picture, WeightWriter writer);
    }

    /**
     * Does a command's work, and writes what it announces.
     *
     * @param layers by the option that wants them
     */
    void run(Terminal terminal, String command, Map<String, List<String>> layers, Work work) {
        checkSize(size);
        net = WeightsCommand.file(net);
        FileChecks.input("--net", net);
        FileChecks.input("--image", image);
        FileChecks.output("--out", out, TENSORS, InputFiles.of(List.of(net, image)));
        Job.run(terminal, command, FileChecks.parent(out), job -> {
            job.stage("reading", 0, 0.2);
            try (Model<Vgg> model = Vgg.load(CommandBackend.get(), net)) {
                layers.forEach((option, names) -> checkLayers(option, net, model.net(), names));
                Image whole = OnWhite.read(image);
                Image picture = size == null ? whole : whole.fittedTo(size);
                layers.values().forEach(names -> checkPicture(image, picture, model.net(), names));
                job.stage("computing", 0.2, 0.8);
                Tensor input = picture.tensor(CommandBackend.get());
                job.write(out, path -> {
                    WeightWriter writer = WeightWriter.to(path)
                            .metadata("net", model.net().variant().name())
                            .metadata("net.file", String.valueOf(net.getFileName()))
                            .metadata("image", String.valueOf(image.getFileName()))
                            .metadata("image.width", Integer.toString(picture.width()))
                            .metadata("image.height", Integer.toString(picture.height()));
                    work.announce(model.net(), input, writer);
                    job.stage("writing", 0.8, 1);
                    writer.write();
                });
            }
        });
        terminal.out().println("wrote " + out);
    }

    /** Complains about a size that no picture is brought to; null stands for its own. */
    static void checkSize(@Nullable Integer size) {
        if (size != null) {
            checkSize("--size", size);
        }
    }

    /** Complains about a size that no picture is brought to. */
    static void checkSize(String option, int size) {
        if (size < 1 || size > LARGEST_SIZE) {
            throw new UsageException(
                    option + " is " + size + ", expected a number of pixels from 1 to " + LARGEST_SIZE);
        }
    }

    /** Complains about layers that a network does not have. */
    static void checkLayers(String option, Path net, Vgg model, List<String> layers) {
        for (String layer : layers) {
            if (!model.taps().contains(layer)) {
                throw new UsageException(
                        option + ": " + net + " (" + model.variant().name() + ") has no layer '" + layer
                                + "'; its layers are " + String.join(",", model.taps())
                                + (model.variant().missing().isEmpty()
                                        ? ""
                                        : "; " + model.variant().ending()));
            }
        }
    }

    /** Complains about a picture of which there is nothing left to compute in one of these layers. */
    static void checkPicture(Path file, Image picture, Vgg model, Collection<String> layers) {
        String layer =
                layers.stream().max(Comparator.comparingInt(model::leastSide)).orElse(null);
        if (layer != null && Math.min(picture.width(), picture.height()) < model.leastSide(layer)) {
            int least = model.leastSide(layer);
            throw new FailureException(file + ": has " + picture.width() + "x" + picture.height()
                    + " pixels to compute with, expected " + least + "x" + least + " at least for layer " + layer
                    + " of " + model.variant().name());
        }
    }
}
