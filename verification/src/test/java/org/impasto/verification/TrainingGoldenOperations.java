package org.impasto.verification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.impasto.core.Backend;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSet;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.nn.functional.Losses;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.optim.AdamW;
import org.impasto.nn.optim.Lbfgs;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.optim.Sgd;
import org.impasto.nn.style.GatysLoss;
import org.impasto.nn.vgg.Vgg;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenConfig;
import org.impasto.testing.golden.GoldenError;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of training and of style by optimisation are computed. */
final class TrainingGoldenOperations {
    static final Set<String> OPS = Set.of("train", "lbfgs", "gatys_loss");

    private static final List<String> GATYS_LAYERS = List.of("relu1_1", "relu2_1", "relu3_1");

    private TrainingGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("train", new SwitchingGradients(new Training(), Training::isBehindGradients))
                .register("lbfgs", TrainingGoldenOperations::lbfgs)
                .register("gatys_loss", new SwitchingGradients(new Gatys()));
    }

    /**
     * Weights are judged like the gradients they come from, which jump where a relu switches; and Adam divides small
     * gradients by themselves, so the largest error tells of one element and not of the method.
     */
    private record Training() implements GoldenOperation {
        static boolean isBehindGradients(String name) {
            return name.startsWith("out.grad0.") || name.startsWith("out.final.");
        }

        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            return train(golden, backend);
        }

        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            return isBehindGradients(name)
                    ? GoldenError.byNorm(golden, name, found, golden.peerRelativeL2(name), peerFactor)
                    : GoldenError.of(golden, name, found, peerFactor);
        }
    }

    /**
     * Each result is one number, in which another implementation's error is a single draw that may be next to nothing: the
     * largest relative error of the six tells what is to be expected of each.
     */
    private record Gatys() implements GoldenOperation {
        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            return gatys(golden, backend);
        }

        @Override
        public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
            if (!name.startsWith("out.")) {
                return GoldenError.of(golden, name, found, peerFactor);
            }
            double largest = golden.names("out.").stream()
                    .mapToDouble(golden::peerRelativeL2)
                    .max()
                    .orElse(0);
            return GoldenError.byNorm(golden, name, found, largest, peerFactor);
        }
    }

    /** The decoder of the golden files. */
    private static final class SmallDecoder implements Layer {
        private final Conv2d first;
        private final Conv2d second;

        SmallDecoder(Parameters p) {
            first = Conv2d.same(p.in("0"), 64, 32, 3, PaddingMode.REFLECT);
            second = Conv2d.same(p.in("1"), 32, 3, 3, PaddingMode.REFLECT);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor inner = first.forward(x, Activation.RELU, FusedPooling.NONE);
            Shape shape = inner.shape();
            return second.forward(inner.resize(2 * shape.size(2), 2 * shape.size(3), Filter.NEAREST));
        }
    }

    private static Map<String, Tensor> train(GoldenCase golden, Backend backend) {
        WeightNames names = WeightNames.asInFile().below("w.").ignoring(name -> !name.startsWith("w."));
        Map<String, Tensor> found = new LinkedHashMap<>();
        try (Model<Vgg> vgg = Vgg.load(backend, StyleGoldenOperations.weightPath(golden, 0));
                Model<SmallDecoder> decoder =
                        Model.build(backend, ParameterSource.file(golden.file(), names), SmallDecoder::new);
                Optimizer optimizer = optimizer(golden.config(), decoder.weights())) {
            vgg.weights().setTrainable("", false);
            Tensor wanted = vgg.net().feature(golden.tensor(backend, "in.image"), "relu2_1");
            Tensor features = golden.tensor(backend, "in.features");
            List<Tensor> losses = new ArrayList<>();
            for (int step = 0; step < golden.spec("out.loss").shape().size(0); step++) {
                Tape.Gradients gradients = Tape.gradients(
                        (UnaryOperator<Tensor>) x -> Losses.meanSquaredError(
                                vgg.net().feature(decoder.net().forward(x), "relu2_1"), wanted),
                        features);
                losses.add(gradients.value().reshape(1));
                if (step == 0) {
                    gradients
                            .parameters()
                            .forEach((parameter, gradient) -> found.put("out.grad0." + parameter.path(), gradient));
                }
                optimizer.step(gradients.parameters());
            }
            found.put("out.loss", Tensor.concat(0, losses));
            for (Parameter parameter : decoder.weights().all()) {
                found.put("out.final." + parameter.path(), parameter.value());
            }
        }
        return found;
    }

    private static Optimizer optimizer(GoldenConfig config, ParameterSet weights) {
        double rate = config.number("lr");
        double decay = config.number("weight_decay");
        String name = config.text("optimizer");
        if (name.equals("sgd_nesterov")) {
            return new Sgd(
                    weights,
                    rate,
                    Sgd.Settings.standard()
                            .withNesterov(config.number("momentum"))
                            .withWeightDecay(decay));
        }
        double[] betas = config.numbers("betas");
        Adam.Settings settings = new Adam.Settings(betas[0], betas[1], config.number("eps"), decay);
        return switch (name) {
            case "adam" -> new Adam(weights, rate, settings);
            case "adamw" -> new AdamW(weights, rate, settings);
            default -> throw new IllegalArgumentException("optimizer '" + name + "'");
        };
    }

    private static Map<String, Tensor> lbfgs(GoldenCase golden, Backend backend) {
        Tensor start = golden.tensor(backend, "in.x0");
        UnaryOperator<Tensor> function = golden.config().text("objective").equals("quadratic")
                ? quadratic(golden.tensor(backend, "in.Q"), golden.tensor(backend, "in.b"))
                : TrainingGoldenOperations::rosenbrock;
        Lbfgs.Settings settings =
                Lbfgs.Settings.standard().withHistory(golden.config().integer("history"));
        long size = start.shape().size(0);
        try (Lbfgs search = Lbfgs.minimising(function, start, settings)) {
            List<Tensor> points = new ArrayList<>(List.of(start.reshape(1, size)));
            List<Double> values = new ArrayList<>(List.of(search.value()));
            for (int i = 0; i < golden.config().integer("iterations"); i++) {
                search.iterate();
                points.add(search.point().get(0).reshape(1, size));
                values.add(search.value());
            }
            double[] losses = values.stream().mapToDouble(Double::doubleValue).toArray();
            return Map.of(
                    "out.x", Tensor.concat(0, points),
                    "out.loss", Tensor.ofDoubles(backend, Shape.of(losses.length), losses));
        }
    }

    private static UnaryOperator<Tensor> quadratic(Tensor matrix, Tensor linear) {
        return x -> {
            Tensor column = x.reshape(-1, 1);
            return column.mul(matrix.matmul(column))
                    .sum()
                    .affine(0.5, 0)
                    .sub(x.mul(linear).sum());
        };
    }

    private static Tensor rosenbrock(Tensor x) {
        long last = x.shape().size(0) - 1;
        Tensor left = x.slice(0, 0, last);
        Tensor valley = x.slice(0, 1, last).sub(left.square()).square().affine(100, 0);
        return valley.add(left.affine(-1, 1).square()).sum();
    }

    private static Map<String, Tensor> gatys(GoldenCase golden, Backend backend) {
        double[] styles = golden.config().numbers("style_weights");
        Map<String, Double> style = new LinkedHashMap<>();
        for (int i = 0; i < styles.length; i++) {
            style.put(GATYS_LAYERS.get(i), styles[i]);
        }
        GatysLoss.Weights weights = new GatysLoss.Weights(
                Map.of("relu3_1", golden.config().number("content_weight")),
                style,
                golden.config().number("tv_weight"),
                false);
        try (Scope scope = Scope.open();
                Model<Vgg> vgg = Vgg.load(backend, StyleGoldenOperations.weightPath(golden, 0));
                GatysLoss loss = new GatysLoss(
                        vgg.net(), golden.tensor(backend, "in.content"), golden.tensor(backend, "in.style"), weights)) {
            vgg.weights().setTrainable("", false);
            Map<String, Tensor> results = GoldenOperation.of((same, x) -> {
                        GatysLoss.Terms terms = loss.of(x.get("in.image"));
                        Map<String, Tensor> named = new LinkedHashMap<>();
                        named.put("total", terms.total());
                        named.put("content", terms.content().get("relu3_1"));
                        terms.style().forEach((layer, term) -> named.put("style_" + layer, term));
                        named.put("tv", terms.totalVariation());
                        return named;
                    })
                    .run(golden, backend);
            results.values().forEach(scope::keep);
            return results;
        }
    }
}
