import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.training.Loss;
import org.impasto.nn.training.Trainer;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaledResidualTest {
    @Test
    void gradientsAgreeWithFiniteDifferences() {
        Backend backend = new ReferenceBackend();
        try (Model<ScaledResidual> model = Model.fresh(backend, 42, p -> new ScaledResidual(p, 3));
                Scope scope = Scope.open(Run.inference(1))) {
            GradientCheck.check(model.net()::forward, Tensor.noise(backend, Spec.float32(1, 3, 5, 4)));
        }
    }

    @Test
    void aSavedLayerIsTheSame(@TempDir Path folder) {
        Backend backend = Backends.standard();
        Path path = folder.resolve("layer.safetensors");
        try (Scope scope = Scope.open(Run.inference(1))) {
            Tensor x = Tensor.noise(backend, Spec.float32(1, 16, 9, 7));
            float[] fresh;
            try (Model<ScaledResidual> model = Model.fresh(backend, 42, p -> new ScaledResidual(p, 16))) {
                fresh = model.net().forward(x).toFloats();
                model.save(path);
            }
            try (Model<ScaledResidual> model = Model.load(backend, path, p -> new ScaledResidual(p, 16))) {
                assertArrayEquals(fresh, model.net().forward(x).toFloats());
            }
        }
    }

    static void train(Path folder) {
        try (Model<ScaledResidual> model = Model.fresh(Backends.standard(), 42, p -> new ScaledResidual(p, 4));
                Optimizer adam = new Adam(model.weights(), 1e-2)) {
            new Trainer<Long>(model, adam, step -> step, (step, backend) -> {
                        Tensor x = Tensor.noise(backend, Spec.float32(2, 4, 8, 8));
                        Tensor expected = x.add(x.relu().affine(0.5, 0));
                        return Loss.of(Losses.meanSquaredError(model.net().forward(x), expected));
                    })
                    .steps(300)
                    .folder(folder)
                    .train(Run.training(1));
        }
    }

    @Test
    void theLayerIsTrainedAndSaved(@TempDir Path folder) throws IOException {
        train(folder);
        List<String> rows = Files.readAllLines(folder.resolve("metrics.csv"));
        double first = Double.parseDouble(rows.get(1).split(",")[1]);
        double last = Double.parseDouble(rows.get(300).split(",")[1]);
        assertTrue(last < first / 10, "loss " + first + " at first, " + last + " in the end");
        Backend backend = Backends.standard();
        Path path = folder.resolve("weights.safetensors");
        try (Model<ScaledResidual> model = Model.load(backend, path, p -> new ScaledResidual(p, 4));
                Scope scope = Scope.open(Run.inference(7))) {
            Tensor x = Tensor.noise(backend, Spec.float32(1, 4, 8, 8));
            Tensor expected = x.add(x.relu().affine(0.5, 0));
            double loss = Losses.meanSquaredError(model.net().forward(x), expected).item();
            assertTrue(loss < first / 10, "loss " + loss + " on what it was not trained on");
        }
    }

    @Test
    void thePageSaysWhatIsHere() throws IOException {
        String page = Files.readString(Path.of("../../CONTRIBUTING.md"));
        String section = page.substring(page.indexOf("## Add a layer"), page.indexOf("## Benchmarks"));
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(section)
                .results()
                .map((MatchResult block) -> squeezed(block.group(1)))
                .toList();
        String files = squeezed(Files.readString(Path.of("src/main/java/ScaledResidual.java"))
                + Files.readString(Path.of("src/test/java/ScaledResidualTest.java")));
        assertTrue(files.contains(blocks.get(0)), "the layer differs from that of CONTRIBUTING.md");
        assertTrue(files.contains(blocks.get(2)), "the test differs from that of CONTRIBUTING.md");
        assertTrue(files.contains(blocks.get(3)), "the training differs from that of CONTRIBUTING.md");
        for (String line : blocks.get(1).split("try ")) {
            String head = line.replace(") { ... }", "").strip();
            assertTrue(files.contains(head), "no such call here: " + head);
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
