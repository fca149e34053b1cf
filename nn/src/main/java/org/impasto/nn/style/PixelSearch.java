package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.Lbfgs;
import org.impasto.nn.optim.LearningRateSchedule;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.optim.ParameterGroup;
import org.impasto.nn.style.StyleOptimization.Listener;
import org.impasto.nn.style.StyleOptimization.Method;
import org.impasto.nn.style.StyleOptimization.Progress;
import org.impasto.nn.style.StyleOptimization.Settings;
import org.jspecify.annotations.Nullable;

/** The search for the pixels of one picture, of one size, for which a loss is small. */
final class PixelSearch {
    /** What is left of Adam's rate at the end. */
    private static final double LAST_RATE = 0.05;

    private final GatysLoss loss;
    private final Settings settings;
    private final Listener listener;
    private final List<Progress> evaluations = new ArrayList<>();

    PixelSearch(GatysLoss loss, Settings settings, Listener listener) {
        this.loss = loss;
        this.settings = settings;
        this.listener = listener;
    }

    /** The picture that a search from this one ends at. */
    Tensor from(Tensor start) {
        return settings.method() == Method.LBFGS ? byLbfgs(start) : byAdam(start);
    }

    private Tensor byLbfgs(Tensor start) {
        Run run = Run.current();
        // A mean over pixels has tiny gradients; as a sum they are of the size that the search's thresholds are made
        // for.
        double pixels = start.shape().elements();
        try (Lbfgs search = Lbfgs.minimising(
                picture -> loss(picture).affine(pixels, 0),
                start,
                Lbfgs.Settings.standard().withTolerances(0, 0))) {
            tell(0, search.value() / pixels);
            boolean goesOn = true;
            for (int step = 1; step <= settings.steps() && goesOn; step++) {
                goesOn = search.iterate();
                tell(step, search.value() / pixels);
                run.report((double) step / settings.steps());
            }
            return search.point().get(0);
        }
    }

    private Tensor byAdam(Tensor start) {
        Run run = Run.current();
        Parameter picture = new Parameter("picture", start);
        // Adam moves each pixel by about its rate whatever the gradient: smaller steps at the end settle it.
        LearningRateSchedule schedule = LearningRateSchedule.cosine(
                settings.learningRate(), settings.learningRate() * LAST_RATE, Math.max(1, settings.steps()));
        try (Optimizer adam = new Adam(
                List.of(ParameterGroup.of(List.of(picture))), settings.learningRate(), Adam.Settings.standard())) {
            for (int step = 1; step <= settings.steps(); step++) {
                try (Scope scope = Scope.open()) {
                    Tape.Gradients gradients = Tape.gradients(this::loss, picture.value());
                    tell(step - 1, gradients.value().item());
                    adam.setLearningRate(schedule.rate(step - 1));
                    adam.step(Map.of(picture, gradients.inputs().get(0)));
                }
                run.report((double) step / settings.steps());
            }
            return picture.value();
        } finally {
            picture.close();
        }
    }

    /** The loss of a tracked picture, whose terms are remembered. */
    private Tensor loss(Tensor picture) {
        GatysLoss.Terms terms = loss.of(picture);
        evaluations.add(new Progress(
                picture.shape().intSize(3),
                picture.shape().intSize(2),
                0,
                terms.total().item(),
                mean(terms.content()),
                mean(terms.style()),
                terms.totalVariation().item()));
        return terms.total();
    }

    private static double mean(Map<String, Tensor> terms) {
        return terms.values().stream().mapToDouble(Tensor::item).average().orElse(0);
    }

    /** Tells the listener of the evaluation that had a value, after which all are forgotten. */
    private void tell(int step, double value) {
        if (!Double.isFinite(value)) {
            throw new BackendException("optimisation: after step " + step + " the loss is " + value
                    + "; take a smaller learning rate, or smaller weights of the loss");
        }
        @Nullable Progress found = null;
        for (Progress each : evaluations) {
            if (found == null || Math.abs(each.loss() - value) < Math.abs(found.loss() - value)) {
                found = each;
            }
        }
        if (found != null) {
            listener.stepped(new Progress(
                    found.width(),
                    found.height(),
                    step,
                    found.loss(),
                    found.content(),
                    found.style(),
                    found.totalVariation()));
            evaluations.clear();
        }
    }
}
