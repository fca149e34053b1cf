package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Published weight files, where the folder of test material is at hand. */
class SharedWeightsTest {
    /** The folder {@code -Dimpasto.shared=DIR}, else the first {@code shared} beside or above the working directory. */
    private static Path shared() {
        String given = System.getProperty("impasto.shared");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("shared/weights"))) {
                return at.resolve("shared");
            }
        }
        return Path.of("shared");
    }

    private static List<Path> files(Path folder) throws IOException {
        assumeThat(folder).isDirectory();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(
                            file -> file.toString().matches(".*\\.(safetensors|pth|pt|ckpt|pth\\.tar|index\\.json)"))
                    .sorted()
                    .toList();
        }
    }

    private static long readAll(Path path) {
        long elements = 0;
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.names()).as("names in %s", path).isNotEmpty();
            for (String name : file.names()) {
                float[] values = file.readFloats(name);
                assertThat((long) values.length)
                        .isEqualTo(file.spec(name).shape().elements());
                for (float value : values) {
                    if (Float.isNaN(value)) {
                        throw new AssertionError("NaN in " + path + " " + name);
                    }
                }
                elements += values.length;
            }
        }
        return elements;
    }

    @Test
    void everyPublishedWeightFileOpens() throws IOException {
        List<Path> files = files(shared().resolve("weights"));
        for (Path file : files) {
            assertThat(readAll(file)).as("elements in %s", file).isPositive();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(30);
    }

    @Test
    void theShardsOfAPipelineOpenByFolderAndByIndex() throws IOException {
        Path pipeline = shared().resolve("golden/diffusion/tiny-sd");
        assumeThat(pipeline).isDirectory();
        long whole = 0;
        for (String part : List.of("unet", "vae", "text_encoder")) {
            whole += readAll(pipeline.resolve(part));
        }
        assertThat(whole).isPositive();
        try (WeightFile unet = WeightFile.open(pipeline.resolve("unet"))) {
            long bytes = unet.names().stream()
                    .mapToLong(name -> unet.spec(name).shape().elements()
                            * unet.spec(name).type().bytes())
                    .sum();
            assertThat(unet.metadata()).containsEntry("total_size", Long.toString(bytes));
        }
    }

    @Test
    void valuesAreThoseThatPyTorchReads() {
        Path weights = shared().resolve("weights");
        assumeThat(weights).isDirectory();
        try (WeightFile flow = WeightFile.open(weights.resolve("mnistflow/MNISTFlow_simple.ckpt"))) {
            assertThat(flow.values()).containsEntry("result.test.0.test_bpd", 1.07839834690094);
            assertThat(flow.has("state_dict.flows.1.scaling_factor")).isTrue();
        }
        try (WeightFile vgg = WeightFile.open(weights.resolve("wct/vgg_normalised_conv1_1.pth"))) {
            assertThat(vgg.readFloats("0.bias")).containsExactly(-103.939f, -116.779f, -123.68f);
            assertThat(vgg.readDoubles("2.bias"))
                    .startsWith(0.036640968173742294, 0.0029662575107067823, 0.0018578935414552689);
        }
        try (WeightFile taef = WeightFile.open(weights.resolve("taef2/taef2_encoder.pth"))) {
            assertThat(taef.spec("0.weight")).hasToString("64x3x3x3 FLOAT16");
            assertThat(taef.readDoubles("0.weight")).startsWith(-0.1405029296875, -0.06121826171875, 0.091552734375);
        }
    }
}
