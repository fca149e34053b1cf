package org.impasto.verification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.flow.ActNorm;
import org.impasto.flow.AdditiveCoupling;
import org.impasto.flow.AffineCoupling;
import org.impasto.flow.Dequantization;
import org.impasto.flow.Encoding;
import org.impasto.flow.GatedConvNet;
import org.impasto.flow.Glow;
import org.impasto.flow.GlowBlock;
import org.impasto.flow.GlowStep;
import org.impasto.flow.ImageFlow;
import org.impasto.flow.Invertible;
import org.impasto.flow.InvertibleConvolution1x1;
import org.impasto.flow.InvertibleSequence;
import org.impasto.flow.LuConvolution1x1;
import org.impasto.flow.Mask;
import org.impasto.flow.MaskCoupling;
import org.impasto.flow.Squeeze;
import org.impasto.flow.VariationalDequantization;
import org.impasto.flow.ZeroConv2d;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.Parameters;
import org.impasto.nn.WeightNames;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenConfig;
import org.impasto.testing.golden.GoldenOperation;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of flows are computed. */
final class FlowGoldenOperations {
    private FlowGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("squeeze", layer((p, golden) -> new Squeeze(), FlowGoldenOperations::squeeze))
                .register(
                        "zeroconv",
                        layer(
                                (p, golden) -> new ZeroConv2d(
                                        p,
                                        channels(golden),
                                        golden.spec("out.y").shape().intSize(1)),
                                FlowGoldenOperations::plainly))
                .register(
                        "gated_conv_net",
                        layer(
                                (p, golden) -> network(
                                        p,
                                        golden.config(),
                                        channels(golden),
                                        golden.spec("out.y").shape().intSize(1)),
                                FlowGoldenOperations::plainly))
                .register("actnorm", FlowGoldenOperations::actNorm)
                .register(
                        "invconv",
                        layer(
                                (p, golden) -> new InvertibleConvolution1x1(p, channels(golden)),
                                (net, golden, in) -> bothWays(net, golden, in, "logdet")))
                .register(
                        "invconv_lu",
                        layer((p, golden) -> new LuConvolution1x1(p, channels(golden)), (net, golden, in) -> {
                            Map<String, Tensor> results = bothWays(net, golden, in, "logdet");
                            results.put("weight", net.matrix());
                            return results;
                        }))
                .register(
                        "coupling",
                        layer(FlowGoldenOperations::coupling, (net, golden, in) -> bothWays(net, golden, in, "logdet")))
                .register("mask_coupling", layer(FlowGoldenOperations::maskCoupling, (net, golden, in) -> {
                    Map<String, Tensor> results = bothWays(net, golden, in, "ldj");
                    Tensor ldj = net.forward(net.inverse(in.get("in.z"))).logDet();
                    results.put("reverse_ldj", ldj.negate());
                    return results;
                }))
                .register(
                        "flow",
                        layer(
                                (p, golden) -> new GlowStep(
                                        p,
                                        channels(golden),
                                        golden.config().integer("filter_size"),
                                        golden.config().flag("affine"),
                                        golden.config().flag("conv_lu")),
                                (net, golden, in) -> bothWays(net, golden, in, "logdet")))
                .register(
                        "block",
                        layer(
                                (p, golden) -> new GlowBlock(
                                        p,
                                        golden.config().integer("in_channel"),
                                        options(golden.config(), 1),
                                        !golden.config().flag("split")),
                                FlowGoldenOperations::block))
                .register("glow", FlowGoldenOperations::glow)
                .register("mnistflow", new MnistFlow());
    }

    // ---- layers

    /** What a file's results are, as functions of its inputs. */
    private interface Results<N> {
        Map<String, Tensor> of(N net, GoldenCase golden, Map<String, Tensor> inputs);
    }

    /** A network with the file's weights, its results, and the gradients of its inputs and weights. */
    private static <N> GoldenOperation layer(BiFunction<Parameters, GoldenCase, N> constructor, Results<N> results) {
        return (golden, backend) -> {
            try (Model<N> model = Model.build(backend, source(golden), p -> constructor.apply(p, golden))) {
                return results(golden, backend, model, results);
            }
        };
    }

    private static <N> Map<String, Tensor> results(
            GoldenCase golden, Backend backend, Model<N> model, Results<N> results) {
        Map<String, Tensor> operands = golden.tensors(backend, "in.");
        Map<String, Tensor> found = new LinkedHashMap<>();
        results.of(model.net(), golden, operands).forEach((name, result) -> found.put("out." + name, result));
        found.keySet().removeIf(name -> !golden.has(name));
        if (golden.names("grad.").isEmpty()) {
            return found;
        }
        Tape.Gradients gradients = Tape.gradients(
                x -> {
                    Map<String, Tensor> tracked = new LinkedHashMap<>(operands);
                    tracked.put("in.x", x);
                    return GoldenOperation.objective(golden, operands, results.of(model.net(), golden, tracked));
                },
                operands.get("in.x"));
        found.put("grad.in.x", gradients.inputs().get(0));
        for (Parameter parameter : model.weights().all()) {
            Tensor gradient = gradients.parameters().get(parameter);
            String name = "grad.w." + parameter.path();
            if (gradient != null && golden.has(name)) {
                found.put(name, gradient);
            }
        }
        return found;
    }

    /** The weights {@code w.*} of a file; constants that are no weights of ours are passed over, a flag may lack. */
    private static ParameterSource source(GoldenCase golden) {
        WeightNames names = Glow.names().below("w.").ignoring(name -> !name.startsWith("w."));
        ParameterSource file = ParameterSource.file(golden.file(), names);
        return new ParameterSource() {
            @Override
            public Tensor value(Backend backend, String path, Shape shape, Init init) {
                return path.endsWith("initialized") && !golden.has("w." + path)
                        ? Tensor.full(backend, new Spec(shape, ElementType.FLOAT32), 1)
                        : file.value(backend, path, shape, init);
            }

            @Override
            public void finish() {
                file.finish();
            }
        };
    }

    private static int channels(GoldenCase golden) {
        return golden.spec("in.x").shape().intSize(1);
    }

    private static Map<String, Tensor> squeeze(Squeeze net, GoldenCase golden, Map<String, Tensor> in) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("y", net.forward(in.get("in.x")).y());
        results.put("unsqueeze_z", net.inverse(in.get("in.z")));
        return results;
    }

    private static Map<String, Tensor> plainly(Layer net, GoldenCase golden, Map<String, Tensor> in) {
        return Map.of("y", net.forward(in.get("in.x")));
    }

    /** The result, its determinant in the shape that the file has, and the reverse of another input. */
    private static Map<String, Tensor> bothWays(
            Invertible net, GoldenCase golden, Map<String, Tensor> in, String determinant) {
        Invertible.Result result = net.forward(in.get("in.x"));
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("y", result.y());
        if (golden.has("out." + determinant)) {
            results.put(determinant, inShapeOf(golden, "out." + determinant, result.logDet()));
        }
        results.put("reverse_z", net.inverse(in.get("in.z")));
        return results;
    }

    /** Files hold a determinant once where it does not depend on the sample. */
    private static Tensor inShapeOf(GoldenCase golden, String name, Tensor perSample) {
        Shape shape = golden.spec(name).shape();
        return perSample.slice(0, 0, shape.elements()).reshape(shape);
    }

    private static Invertible coupling(Parameters p, GoldenCase golden) {
        int width = golden.config().integer("filter_size");
        return golden.config().flag("affine")
                ? AffineCoupling.glow(p, channels(golden), width)
                : AdditiveCoupling.glow(p, channels(golden), width);
    }

    private static GatedConvNet network(Parameters p, GoldenConfig config, int in, int out) {
        return new GatedConvNet(p, in, config.integer("c_hidden"), out, config.integer("num_layers"));
    }

    private static MaskCoupling maskCoupling(Parameters p, GoldenCase golden) {
        Shape x = golden.spec("in.x").shape();
        int channels = x.intSize(1);
        String name = golden.config().text("mask");
        Mask mask =
                name.startsWith("channel") ? Mask.channels(channels) : Mask.checkerboard(x.intSize(2), x.intSize(3));
        return new MaskCoupling(
                p,
                name.endsWith("inverted") ? mask.inverted() : mask,
                channels,
                room -> network(room, golden.config(), channels, 2 * channels));
    }

    private static Map<String, Tensor> actNorm(GoldenCase golden, Backend backend) {
        if (!golden.config().has("init")) {
            return layer(
                            (p, same) -> new ActNorm(p, channels(same)),
                            (net, same, in) -> bothWays(net, same, in, "logdet"))
                    .run(golden, backend);
        }
        try (Model<ActNorm> model = Model.fresh(backend, 1, p -> new ActNorm(p, channels(golden)))) {
            Invertible.Result result = model.net().initialize(golden.tensor(backend, "in.x"));
            return Map.of(
                    "out.y", result.y(),
                    "out.logdet", inShapeOf(golden, "out.logdet", result.logDet()),
                    "out.inverse_y", model.net().inverse(result.y()),
                    "out.loc", model.weights().get("loc").value(),
                    "out.scale", model.weights().get("scale").value());
        }
    }

    // ---- Glow

    private static Glow.Options options(GoldenConfig config, int levels) {
        return new Glow.Options(
                config.integer("in_channel"),
                config.integer("n_flow"),
                levels,
                config.integer("filter_size"),
                config.flag("affine"),
                config.flag("conv_lu"));
    }

    private static Map<String, Tensor> block(GlowBlock net, GoldenCase golden, Map<String, Tensor> in) {
        GlowBlock.Level level = net.forward(in.get("in.x"));
        boolean split = golden.config().flag("split");
        Tensor top = split ? in.get("in.top") : null;
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("y", split ? level.passed() : level.latent());
        results.put("z_new", level.latent());
        results.put("logdet", level.logDet());
        results.put("log_p", level.logDensity());
        results.put("reconstruct", net.inverse(level.passed(), level.latent()));
        results.put("sample", net.inverse(top, net.latent(top, in.get("in.eps"))));
        return results;
    }

    private static Map<String, Tensor> glow(GoldenCase golden, Backend backend) {
        if (golden.config().has("weights_in")) {
            Path weights = golden.path().resolveSibling(golden.config().text("weights_in"));
            try (GoldenCase other = GoldenCase.open(weights);
                    Model<Glow> model = glowModel(other, backend)) {
                return results(
                        golden,
                        backend,
                        model,
                        (net, same, in) -> Map.of(
                                "loss",
                                bitsPerDimension(net.encode(in.get("in.x")), golden)
                                        .mean()
                                        .reshape(1)));
            }
        }
        try (Model<Glow> model = glowModel(golden, backend)) {
            return golden.config().has("init")
                    ? initialized(golden, backend, model)
                    : results(golden, backend, model, FlowGoldenOperations::encoded);
        }
    }

    static Model<Glow> glowModel(GoldenCase golden, Backend backend) {
        GoldenConfig config = golden.config();
        return Model.build(backend, source(golden), p -> new Glow(p, options(config, config.integer("n_block"))));
    }

    /** Bits for each number of pictures of so many levels, whose noise was added before. */
    private static Tensor bitsPerDimension(Encoding encoding, GoldenCase golden) {
        double bits = Math.log(golden.config().number("n_bins")) / Math.log(2);
        return encoding.bitsPerDimension().affine(1, bits);
    }

    private static Map<String, Tensor> encoded(Glow net, GoldenCase golden, Map<String, Tensor> in) {
        Encoding encoding = net.encode(in.get("in.x"));
        Map<String, Tensor> results = latents(encoding);
        results.put("logdet", inShapeOf(golden, "out.logdet", encoding.logDet()));
        results.put("log_p", encoding.logDensity());
        results.put("bits_per_dim", bitsPerDimension(encoding, golden));
        results.put(
                "bits_per_dim_mean", bitsPerDimension(encoding, golden).mean().reshape(1));
        results.put("reconstruct", net.decode(encoding.latents()));
        if (golden.has("in.eps.0")) {
            List<Tensor> noise = new ArrayList<>();
            for (int level = 0; level < encoding.latents().size(); level++) {
                noise.add(in.get("in.eps." + level));
            }
            results.put("sample", net.decodeNoise(noise));
        }
        return results;
    }

    private static Map<String, Tensor> latents(Encoding encoding) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        for (int level = 0; level < encoding.latents().size(); level++) {
            results.put("z_outs." + level, encoding.latents().get(level));
        }
        return results;
    }

    private static Map<String, Tensor> initialized(GoldenCase golden, Backend backend, Model<Glow> model) {
        Encoding encoding = model.net().initialize(golden.tensor(backend, "in.x"));
        Map<String, Tensor> found = new LinkedHashMap<>();
        latents(encoding).forEach((name, latent) -> found.put("out." + name, latent));
        found.put("out.logdet", encoding.logDet());
        found.put("out.log_p", encoding.logDensity());
        for (Parameter parameter : model.weights().all()) {
            String name = "out.after." + parameter.path();
            if (golden.has(name)) {
                found.put(name, parameter.value());
            }
        }
        return found;
    }

    // ---- published flows

    private static final class MnistFlow implements GoldenOperation {
        @Override
        public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
            return mnistFlow(golden, backend);
        }

        /** The noise of these was not stored. */
        @Override
        public Set<String> notCovered(GoldenCase golden) {
            return Set.of("out.bits_per_dim512_f32");
        }
    }

    private static Map<String, Tensor> mnistFlow(GoldenCase golden, Backend backend) {
        Path weights = SharedFiles.folder().resolve(golden.config().text("weights"));
        boolean variational = golden.config().text("model").equals("vardeq");
        Shape pictures = golden.spec("in.images").shape();
        WeightNames names = WeightNames.asInFile().below("state_dict.").ignoring(name -> name.startsWith("result"));
        try (Model<ImageFlow> model = Model.load(
                        backend,
                        weights,
                        names,
                        p -> ImageFlow.checkerboards(p, pictures.intSize(2), pictures.intSize(3), variational));
                Scope scope = Scope.open(Run.inference())) {
            ImageFlow net = model.net();
            Tensor images = golden.tensor(backend, "in.images");
            Tensor noise = golden.tensor(backend, "in.noise");
            Map<String, Tensor> found = new LinkedHashMap<>();
            found.put("out.bits_per_dim64", net.encode(images, noise).bitsPerDimension());
            int few = golden.spec("out.z").shape().intSize(0);
            Tensor levels = images.slice(0, 0, few);
            Tensor fewNoise = noise.slice(0, 0, few);
            Encoding encoding = net.encode(levels, fewNoise);
            found.put("out.z", encoding.latents().get(0));
            found.put("out.ldj", encoding.logDet());
            found.put("out.log_pz", encoding.logDensity());
            found.put("out.bits_per_dim", encoding.bitsPerDimension());
            Dequantization dequantization = net.dequantization();
            Invertible first = ((InvertibleSequence) net.flow()).layers().get(0);
            found.put(
                    "out.logit",
                    first.forward(dequantization.forward(levels, fewNoise).y()).y());
            if (dequantization instanceof VariationalDequantization learned) {
                found.put("out.dequant_noise", learned.noise(levels, fewNoise).y());
            }
            found.put("out.sample", net.flow().inverse(golden.tensor(backend, "in.z_sample")));
            found.values().forEach(scope::keep);
            return found;
        }
    }
}
