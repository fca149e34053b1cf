package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.impasto.core.Backends;
import org.impasto.core.CancelledException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.WeightException;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Linear;
import org.impasto.nn.Model;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.optim.Sgd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    @TempDir
    Path folder;

    private static List<Path> checkpoints(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            return files.sorted().toList();
        }
    }

    private static class Notices implements TrainingListener {
        final List<String> notices = new ArrayList<>();

        @Override
        public void onStep(TrainingProgress progress) {}

        @Override
        public void onNotice(String notice) {
            notices.add(notice);
        }
    }

    /** The folder of a run that nothing interrupted. */
    @TempDir
    static Path alone;

    @BeforeAll
    static void trainAlone() {
        TinyTraining.train(alone, trainer -> {});
    }

    private static void assertSameEnd(Path run) {
        for (String file : List.of("weights.safetensors", "metrics.csv")) {
            assertThat(run.resolve(file)).as(file).hasSameBinaryContentAs(alone.resolve(file));
        }
    }

    @Test
    void aRunLearnsAndShowsItself() throws IOException {
        long live = Storage.live();
        List<TrainingProgress> told = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        Image red = Image.of(2, 2, new float[] {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0});
        Run run = Run.training(TinyTraining.SEED).onProgress(fractions::add);
        TinyTraining.train(
                folder,
                run,
                trainer -> trainer.listener(told::add)
                        .keepCheckpoints(2)
                        .samples(50, step -> List.of(List.of(red, red), List.of(red))));
        assertThat(Storage.live()).isEqualTo(live);
        assertThat(told).hasSize(TinyTraining.STEPS);
        assertThat(told.get(0).step()).isEqualTo(1);
        TrainingProgress last = told.get(told.size() - 1);
        assertThat(last.step()).isEqualTo(TinyTraining.STEPS);
        assertThat(last.timeLeft()).isZero();
        assertThat(last.loss()).isLessThan(told.get(0).loss() / 10);
        assertThat(last.metrics()).containsOnlyKeys("absolute");
        assertThat(fractions).hasSize(TinyTraining.STEPS).isSorted().endsWith(1.0);

        assertThat(checkpoints(folder))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("step-000000119.safetensors", "step-000000120.safetensors");
        List<String> rows = Files.readAllLines(folder.resolve("metrics.csv"));
        assertThat(rows).hasSize(1 + TinyTraining.STEPS);
        assertThat(rows.get(0)).isEqualTo("step,loss,learning_rate,absolute");
        assertThat(rows.get(120))
                .isEqualTo("120," + (float) last.loss() + "," + last.learningRate() + ","
                        + (float) (double) last.metrics().get("absolute"));
        assertThat(Image.read(folder.resolve("loss.png")).width()).isEqualTo(1000);
        try (Stream<Path> samples = Files.list(folder.resolve("samples"))) {
            assertThat(samples.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-000000050.png", "step-000000100.png", "step-000000120.png");
        }
        Image grid = Image.read(folder.resolve("samples/step-000000100.png"));
        assertThat(grid.width()).isEqualTo(4 + 2 + 4 + 2 + 4);
        assertThat(grid.value(1, 4, 4)).isZero();
        assertThat(grid.value(1, 3, 3)).isEqualTo(1);
        assertThat(grid.value(1, 10, 10)).isEqualTo(1);
    }

    @Test
    void whatIsSavedIsTheAverage() {
        TinyTraining.train(folder, trainer -> trainer.steps(20));
        Path last = folder.resolve("checkpoints/step-000000020.safetensors");
        try (WeightFile weights = WeightFile.open(folder.resolve("weights.safetensors"));
                WeightFile checkpoint = WeightFile.open(last)) {
            assertThat(weights.readFloats("last.weight"))
                    .isEqualTo(checkpoint.readFloats("average.average.last.weight"))
                    .isNotEqualTo(checkpoint.readFloats("weights.last.weight"));
        }
        try (Model<TinyTraining.Net> model =
                Model.load(Backends.standard(), folder.resolve("weights.safetensors"), TinyTraining.Net::new)) {
            assertThat(model.weights().all()).hasSize(8);
        }
    }

    @Test
    void damagedCheckpointsAreRecognised() throws IOException {
        TinyTraining.train(folder, trainer -> trainer.steps(60).keepCheckpoints(5));
        List<Path> good = checkpoints(folder);
        Path truncated = good.get(4);
        Path flipped = good.get(3);
        byte[] bytes = Files.readAllBytes(truncated);
        Files.write(truncated, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        bytes = Files.readAllBytes(flipped);
        bytes[bytes.length - 5] ^= 1;
        Files.write(flipped, bytes);
        Files.writeString(folder.resolve("checkpoints/.step-1.tmp"), "unfinished");
        Notices notices = new Notices();
        TinyTraining.train(folder, trainer -> trainer.listener(notices));
        assertThat(notices.notices).hasSize(3);
        assertThat(notices.notices.get(0)).contains("damaged", truncated.toString());
        assertThat(notices.notices.get(1)).contains("damaged", flipped.toString(), "checksum");
        assertThat(notices.notices.get(2)).contains("going on after step 49");
        assertThat(folder.resolve("checkpoints/.step-1.tmp")).doesNotExist();
        assertThat(Path.of(flipped + ".damaged")).exists();
        assertSameEnd(folder);
    }

    @Test
    void wholeDamageIsAnError() throws IOException {
        TinyTraining.train(folder, trainer -> trainer.steps(3));
        Files.write(checkpoints(folder).get(0), new byte[100]);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> TinyTraining.train(folder, trainer -> {}))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContainingAll("no checkpoint is whole", "step-000000003");
        }
    }

    @Test
    void rowsBehindTheCheckpointAreCutOff() throws IOException {
        TinyTraining.train(folder, trainer -> trainer.steps(30));
        Files.writeString(folder.resolve("metrics.csv"), "31,1.0,1.0,1.0\n32,1.0", StandardOpenOption.APPEND);
        TinyTraining.train(folder, trainer -> trainer.steps(30));
        assertThat(Files.readAllLines(folder.resolve("metrics.csv"))).hasSize(31);
        TinyTraining.train(folder, trainer -> {});
        assertSameEnd(folder);
    }

    @Test
    void aCancelledRunLosesNoStep() throws IOException {
        // Between two steps, in the middle of one, and by the time the last one is done.
        for (int moment : new int[] {0, 1, TinyTraining.STEPS}) {
            Path run = folder.resolve("run" + moment);
            Run cancelled = Run.training(TinyTraining.SEED);
            AtomicInteger calls = new AtomicInteger();
            assertThatThrownBy(() -> TinyTraining.train(run, cancelled, trainer -> {
                        if (moment == 1) {
                            trainer.clipping(gradients -> {
                                if (calls.incrementAndGet() == 40) {
                                    cancelled.cancel();
                                    cancelled.throwIfCancelled();
                                }
                                return org.impasto.nn.optim.GradientClipping.byGlobalNorm(gradients, 1);
                            });
                        } else {
                            int last = moment == 0 ? 39 : moment;
                            trainer.listener(progress -> {
                                if (progress.step() == last) {
                                    cancelled.cancel();
                                }
                            });
                        }
                    }))
                    .isInstanceOf(CancelledException.class);
            List<Path> left = checkpoints(run);
            assertThat(left.get(left.size() - 1).getFileName())
                    .hasToString(
                            moment == TinyTraining.STEPS ? "step-000000120.safetensors" : "step-000000039.safetensors");
            TinyTraining.train(run, trainer -> {});
            assertSameEnd(run);
        }
    }

    /** The loss is computed once more before a checkpoint; noise, running statistics and weights do not tell. */
    @Test
    void checkpointsLeaveNoTrace() {
        TinyTraining.train(folder, trainer -> trainer.checkpointEvery(TinyTraining.STEPS));
        assertSameEnd(folder);
    }

    @Test
    void aLossMayStopTheRunWhileACheckpointIsMade() throws IOException {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 5, 2));
                Optimizer sgd = new Sgd(model.weights(), 1e-2)) {
            Run run = Run.training(1);
            Trainer<TinyTraining.Batch> trainer = new Trainer<TinyTraining.Batch>(
                            model, sgd, TinyTraining.Batch::at, (batch, on) -> {
                                if (!(on instanceof Tape)) {
                                    run.cancel();
                                }
                                run.throwIfCancelled();
                                return Loss.of(model.net()
                                        .forward(batch.x(on).reshape(36, 5))
                                        .square()
                                        .mean());
                            })
                    .steps(10)
                    .folder(folder)
                    .checkpointEvery(4);
            assertThatThrownBy(() -> trainer.train(run)).isInstanceOf(CancelledException.class);
            assertThat(sgd.steps()).isEqualTo(4);
        }
        assertThat(checkpoints(folder))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("step-000000004.safetensors");
        assertThat(Files.readAllLines(folder.resolve("metrics.csv"))).hasSize(1 + 4);
    }

    @Test
    void anotherLearningRateIsSaid() {
        List<Double> rates = new ArrayList<>();
        Notices notices = new Notices() {
            @Override
            public void onStep(TrainingProgress progress) {
                rates.add(progress.learningRate());
            }
        };
        trainLinear(0.1, 1, trainer -> {});
        trainLinear(0.1, 2, trainer -> trainer.listener(notices));
        assertThat(notices.notices).hasSize(1);
        trainLinear(0.001, 3, trainer -> trainer.listener(notices));
        assertThat(notices.notices)
                .hasSize(3)
                .last()
                .asString()
                .contains("going on with the checkpoint's learning rate 0.1, not the optimiser's 0.001", "schedule");
        trainLinear(0.001, 4, trainer -> trainer.listener(notices).schedule(LearningRateSchedule.constant(0.001)));
        assertThat(notices.notices).hasSize(4);
        assertThat(rates).containsExactly(0.1, 0.1, 0.001);
    }

    private void trainLinear(double rate, int steps, Consumer<Trainer<TinyTraining.Batch>> others) {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 5, 2));
                Optimizer sgd = new Sgd(model.weights(), rate)) {
            Trainer<TinyTraining.Batch> trainer = new Trainer<TinyTraining.Batch>(
                            model,
                            sgd,
                            TinyTraining.Batch::at,
                            (batch, on) -> Loss.of(model.net()
                                    .forward(batch.x(on).reshape(36, 5))
                                    .square()
                                    .mean()))
                    .steps(steps)
                    .folder(folder)
                    .resume(true);
            others.accept(trainer);
            trainer.train(Run.training(1));
        }
    }

    @Test
    void aFolderBelongsToOneRun() {
        TinyTraining.train(folder, trainer -> trainer.steps(3));
        assertThatThrownBy(() -> TinyTraining.train(folder, trainer -> trainer.resume(false)))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll("step-000000003", "resume");
        assertThatThrownBy(() -> TinyTraining.train(folder, Run.training(12), trainer -> {}))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("has seed 11, this one 12");
        assertThatThrownBy(() -> TinyTraining.train(
                        folder, trainer -> trainer.listener(progress -> TinyTraining.train(folder, inner -> {}))))
                .isInstanceOf(WeightException.class)
                .hasMessageContaining("another training is writing");
        try (Model<Linear> other = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 2, 2));
                Optimizer sgd = new Sgd(other.weights(), 1)) {
            assertThatThrownBy(() -> new Trainer<TinyTraining.Batch>(
                                    other,
                                    sgd,
                                    TinyTraining.Batch::at,
                                    (batch, on) -> Loss.of(batch.x(on).mean()))
                            .steps(4)
                            .folder(folder)
                            .resume(true)
                            .train(Run.training(TinyTraining.SEED)))
                    .isInstanceOf(WeightException.class)
                    .hasMessageContainingAll("parameter 'weight'", "another network");
        }
    }

    @Test
    void aRunThatIsPastItsLastStepIsRefused() {
        TinyTraining.train(folder, trainer -> trainer.steps(3));
        assertThatThrownBy(() -> TinyTraining.train(folder, trainer -> trainer.steps(2)))
                .isInstanceOf(WeightException.class)
                .hasMessageContainingAll("step-000000003", "3 steps are done", "expected at most the 2");
        TinyTraining.train(folder, trainer -> trainer.steps(3));
    }

    @Test
    void resumingNeedsAFolder() {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 2, 2));
                Optimizer sgd = new Sgd(model.weights(), 1)) {
            assertThatThrownBy(() -> new Trainer<TinyTraining.Batch>(
                                    model,
                                    sgd,
                                    TinyTraining.Batch::at,
                                    (batch, on) -> Loss.of(batch.x(on).mean()))
                            .steps(4)
                            .resume(true)
                            .train(Run.training(TinyTraining.SEED)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("resume", "folder");
        }
    }

    @Test
    void anotherBackendIsSaid() {
        TinyTraining.train(folder, trainer -> trainer.steps(3));
        Path checkpoint = folder.resolve("checkpoints/step-000000003.safetensors");
        try (Scope scope = Scope.open()) {
            var tensors = CheckpointFile.read(checkpoint, Backends.standard(), "");
            CheckpointFile.Facts facts = CheckpointFile.check(checkpoint);
            CheckpointFile.write(
                    checkpoint,
                    new CheckpointFile.Facts(
                            facts.step(),
                            facts.seed(),
                            facts.stream(),
                            "CPU, vectors of 3 bits, 7 threads",
                            facts.java()),
                    tensors);
        }
        Notices notices = new Notices();
        TinyTraining.train(folder, trainer -> trainer.steps(4).listener(notices));
        assertThat(notices.notices)
                .hasSize(2)
                .element(1)
                .asString()
                .contains("CPU, vectors of 3 bits on Java", "not bit by bit")
                .doesNotContain("threads");
    }

    @Test
    void anEndedRunIsOnlyFinished() throws IOException {
        TinyTraining.train(folder, trainer -> {});
        Files.delete(folder.resolve("weights.safetensors"));
        Files.delete(folder.resolve("loss.png"));
        TinyTraining.train(folder, trainer -> {});
        assertSameEnd(folder);
        assertThat(folder.resolve("loss.png")).exists();
    }

    @Test
    void partsAreThawedByStep() {
        try (Model<TinyTraining.Net> model = Model.fresh(Backends.standard(), 3, TinyTraining.Net::new);
                Optimizer adam = new Adam(model.weights(), 1e-2);
                Scope scope = Scope.open()) {
            float[] first = model.weights().get("first.weight").value().toFloats();
            List<Boolean> same = new ArrayList<>();
            new Trainer<>(model, adam, TinyTraining.Batch::at, TinyTraining.loss(model))
                    .epochs(3, 2)
                    .beforeStep(step -> model.weights().setTrainable("first", step >= 4))
                    .listener(progress -> same.add(java.util.Arrays.equals(
                            first, model.weights().get("first.weight").value().toFloats())))
                    .train(Run.training(1));
            assertThat(same).containsExactly(true, true, true, true, false, false);
        }
    }

    @Test
    void mistakesAreSaid() {
        try (Model<Linear> model = Model.fresh(Backends.standard(), 1, p -> new Linear(p, 2, 2));
                Optimizer sgd = new Sgd(model.weights(), 1)) {
            Trainer<TinyTraining.Batch> trainer =
                    new Trainer<>(model, sgd, TinyTraining.Batch::at, (batch, on) -> Loss.of(batch.x(on)));
            assertThatThrownBy(() -> trainer.train(Run.training(1))).hasMessageContaining("steps(n)");
            assertThatThrownBy(() -> trainer.steps(0)).hasMessageContaining("expected 1 or more");
            assertThatThrownBy(() -> trainer.stopAbove(Double.NaN)).hasMessageContaining("NaN, expected a number");
            trainer.steps(1);
            assertThatThrownBy(() -> trainer.train(Run.inference(1))).hasMessageContaining("Run.training");
            assertThatThrownBy(() -> trainer.train(Run.training(1))).hasMessageContaining("expected one element");
        }
    }
}
