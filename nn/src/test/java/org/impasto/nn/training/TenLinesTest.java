package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.impasto.core.Backends;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.nn.data.Augmentation;
import org.impasto.nn.data.AugmentedPictures;
import org.impasto.nn.data.PictureBatch;
import org.impasto.nn.data.PictureFolder;
import org.impasto.nn.data.Prefetch;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.Optimizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training that the README shows. */
class TenLinesTest {
    @TempDir
    Path folder;

    static void train(Path photos, Path run, long steps) {
        Augmentation cut = Augmentation.randomCrop(64, 64).then(Augmentation.horizontalFlip());
        var pictures = new AugmentedPictures(PictureFolder.of(photos), "photos", 4, cut, 1).map(PictureBatch::of);
        try (Model<Denoiser> model = Model.fresh(Backends.standard(), 42, Denoiser::new);
                Optimizer adam = new Adam(model.weights(), 1e-3);
                Prefetch<PictureBatch> batches = new Prefetch<>(pictures)) {
            new Trainer<>(model, adam, batches, (batch, backend) -> {
                        Tensor clean = batch.x(backend);
                        Tensor noisy = clean.add(clean.noise(clean.shape()).affine(0.1, 0));
                        return Loss.of(Losses.meanSquaredError(model.net().forward(noisy), clean));
                    })
                    .steps(steps)
                    .folder(run)
                    .resume(true)
                    .train(Run.training(1));
        }
    }

    static final class Denoiser implements Layer {
        private final Conv2d first;
        private final Conv2d last;

        Denoiser(Parameters p) {
            first = Conv2d.same(p.in("first"), 3, 16, 3, PaddingMode.REFLECT);
            last = Conv2d.same(p.in("last"), 16, 3, 3, PaddingMode.REFLECT);
        }

        @Override
        public Tensor forward(Tensor x) {
            return last.forward(first.forward(x).relu());
        }
    }

    @Test
    void theLinesOfTheReadmeTrain() throws IOException {
        Path photos = Files.createDirectory(folder.resolve("photos"));
        Random random = new Random(6);
        for (int picture = 0; picture < 5; picture++) {
            float[] pixels = new float[3 * 70 * 66];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = 0.2f * picture + 0.1f * random.nextFloat();
            }
            Image.of(70, 66, pixels).write(photos.resolve(picture + ".png"));
        }
        Path run = folder.resolve("run");
        train(photos, run, 20);
        train(photos, run, 60);
        List<String> rows = Files.readAllLines(run.resolve("metrics.csv"));
        assertThat(rows).hasSize(61);
        assertThat(loss(rows.get(60))).isLessThan(0.5 * loss(rows.get(1)));
        Model.load(Backends.standard(), run.resolve("weights.safetensors"), Denoiser::new)
                .close();
    }

    private static double loss(String row) {
        return Double.parseDouble(row.split(",", -1)[1]);
    }

    @Test
    void theReadmeSaysWhatIsHere() throws IOException {
        Path root = Path.of(System.getProperty("impasto.root"));
        String readme = Files.readString(root.resolve("README.md"));
        String section = readme.substring(readme.indexOf("## Train your own in ten lines"));
        String file = Files.readString(root.resolve("nn/src/test/java/org/impasto/nn/training/TenLinesTest.java"));
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(section)
                .results()
                .limit(2)
                .map(block -> withoutSpace(block.group(1)))
                .toList();
        assertThat(blocks)
                .hasSize(2)
                .allSatisfy(block -> assertThat(withoutSpace(file)).contains(block));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
