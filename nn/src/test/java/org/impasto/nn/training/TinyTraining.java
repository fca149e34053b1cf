package org.impasto.nn.training;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.BatchNorm2d;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.MovingAverage;
import org.impasto.nn.optim.Optimizer;

/** A small training that has everything that a resumed run could lose: moments, an average, buffers, noise, a schedule. */
final class TinyTraining {
    static final int STEPS = 120;
    static final int CHECKPOINT_EVERY = 7;
    static final long SEED = 11;

    /** Pictures and what is to be made of them, as host data. */
    record Batch(float[] x, float[] y) {
        static Batch at(long step) {
            Random random = new Random(1000 + step);
            float[] x = new float[2 * 3 * 6 * 5];
            float[] y = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
                y[i] = 0.5f * x[i] + 0.25f;
            }
            return new Batch(x, y);
        }

        Tensor x(Backend on) {
            return Tensor.of(on, Shape.of(2, 3, 6, 5), x);
        }

        Tensor y(Backend on) {
            return Tensor.of(on, Shape.of(2, 3, 6, 5), y);
        }
    }

    /** Two convolutions with a batch normalisation and noise between them. */
    static final class Net implements Layer {
        private final Conv2d first;
        private final BatchNorm2d norm;
        private final Conv2d last;

        Net(Parameters p) {
            first = Conv2d.same(p.in("first"), 3, 8, 3, PaddingMode.REFLECT);
            norm = new BatchNorm2d(p.in("norm"), 8, 1e-5);
            last = Conv2d.same(p.in("last"), 8, 3, 3, PaddingMode.REFLECT);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor features = norm.forward(first.forward(x));
            return last.forward(
                    features.add(x.noise(features.shape()).affine(0.05, 0)).relu());
        }
    }

    private TinyTraining() {}

    static LossFunction<Batch> loss(Model<Net> model) {
        return (batch, on) -> {
            Tensor result = model.net().forward(batch.x(on));
            Tensor expected = batch.y(on);
            return Loss.of(Losses.meanSquaredError(result, expected))
                    .with("absolute", Losses.meanAbsoluteError(result, expected));
        };
    }

    /** Trains in a folder, going on where the last run there ended; others change the settings. */
    static void train(Path folder, Consumer<Trainer<Batch>> others) {
        train(folder, Run.training(SEED), others);
    }

    static void train(Path folder, Run run, Consumer<Trainer<Batch>> others) {
        try (Model<Net> model = Model.fresh(Backends.standard(), 3, Net::new);
                Optimizer adam = new Adam(model.weights(), 1e-2);
                MovingAverage average = new MovingAverage(model.weights(), 0.9)) {
            Trainer<Batch> trainer = new Trainer<>(model, adam, Batch::at, loss(model))
                    .steps(STEPS)
                    .schedule(LearningRateSchedule.cosine(1e-2, 1e-4, STEPS).afterWarmUp(5))
                    .clipNorm(1)
                    .average(average)
                    .folder(folder)
                    .resume(true)
                    .checkpointEvery(CHECKPOINT_EVERY);
            others.accept(trainer);
            trainer.train(run);
        }
    }
}
