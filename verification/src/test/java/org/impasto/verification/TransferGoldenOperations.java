package org.impasto.verification;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.impasto.core.Backend;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.style.AdaIn;
import org.impasto.nn.style.Zca;
import org.impasto.nn.style.microast.MicroAst;
import org.impasto.nn.style.microast.MicroEncoder;
import org.impasto.nn.style.photoreal.PcaDistilled;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenRunner;

/** How the golden files of MicroAST and of distilled photorealistic transfer are computed. */
final class TransferGoldenOperations {
    private TransferGoldenOperations() {}

    static GoldenRunner register(GoldenRunner runner) {
        return runner.register("microast", TransferGoldenOperations::microAst)
                .register("pcakd", TransferGoldenOperations::pcaDistilled);
    }

    private static Map<String, Tensor> microAst(GoldenCase golden, Backend backend) {
        try (Model<MicroAst> model = MicroAst.load(
                backend, weights(golden, 0), weights(golden, 1), weights(golden, 2), weights(golden, 3))) {
            MicroAst net = model.net();
            MicroEncoder.Features content = net.content(golden.tensor(backend, "in.content"));
            MicroEncoder.Features styleFeatures = net.style(golden.tensor(backend, "in.style"));
            MicroAst.Signals signals = net.signals(styleFeatures);
            double alpha = golden.config().number("alpha", 1);
            Tensor stylized = net.stylized(
                    content,
                    signals,
                    x -> AdaIn.apply(x, styleFeatures.second(), alpha),
                    x -> AdaIn.apply(x, styleFeatures.first(), alpha));
            Map<String, Tensor> results = new LinkedHashMap<>();
            results.put("out.content_feat1", content.first());
            results.put("out.content_feat2", content.second());
            results.put("out.style_feat1", styleFeatures.first());
            results.put("out.style_feat2", styleFeatures.second());
            results.put("out.weight1", signals.shallow().weight());
            results.put("out.bias1", signals.shallow().bias());
            results.put("out.weight2", signals.deep().weight());
            results.put("out.bias2", signals.deep().bias());
            results.put("out.dec2", stylized);
            results.put("out.y", net.picture(stylized));
            return wanted(golden, results);
        }
    }

    private static Map<String, Tensor> pcaDistilled(GoldenCase golden, Backend backend) {
        try (Model<PcaDistilled> model = PcaDistilled.load(backend, weights(golden, 0), weights(golden, 1))) {
            PcaDistilled net = model.net();
            PcaDistilled.Encoding content = net.encode(golden.tensor(backend, "in.content"));
            PcaDistilled.Encoding styleFeatures = net.encode(golden.tensor(backend, "in.style"));
            Map<String, Tensor> results = new LinkedHashMap<>();
            Tensor x = content.features().get(PcaDistilled.LEVELS - 1);
            for (int level = PcaDistilled.LEVELS - 1; level >= 0; level--) {
                Tensor transferred =
                        Zca.apply(x, Zca.Style.of(styleFeatures.features().get(level)));
                x = net.decoded(level, transferred, content.details().get(level));
                results.put("out.content_feat" + level, content.features().get(level));
                results.put("out.style_feat" + level, styleFeatures.features().get(level));
                results.put("out.skip" + level, content.details().get(level));
                results.put("out.zca" + level, transferred);
                results.put("out.dec" + level, x);
            }
            results.put("out.y", x.clamp(0, 1));
            return wanted(golden, results);
        }
    }

    private static Map<String, Tensor> wanted(GoldenCase golden, Map<String, Tensor> results) {
        results.keySet().retainAll(Set.copyOf(golden.names("out.")));
        return results;
    }

    private static Path weights(GoldenCase golden, int index) {
        return StyleGoldenOperations.weightPath(golden, index);
    }
}
