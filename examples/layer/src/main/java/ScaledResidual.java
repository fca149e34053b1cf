import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Init;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;

final class ScaledResidual implements Layer {
    private final Conv2d convolution;
    private final Parameter scale;

    ScaledResidual(Parameters p, int channels) {
        convolution = Conv2d.same(p.in("convolution"), channels, channels, 3, PaddingMode.REFLECT);
        scale = p.get("scale", Shape.of(1, channels, 1, 1), Init.constant(0.1));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Scope.keeping(() -> x.add(convolution.forward(x.relu()).mul(scale.on(x))));
    }
}
