package org.impasto.verification;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.testing.ReferenceBackend;

/**
 * The float64 reference with a random error on every result, of the size that float32 sums have: what a computation gives
 * under it shows how much its result may move by rounding alone.
 */
final class RandomRounding implements Backend {
    private static final double RELATIVE_ERROR = 0x1p-21;

    private final Backend reference = new ReferenceBackend();
    private final Random random;

    RandomRounding(long seed) {
        random = new Random(seed);
    }

    @Override
    public Storage create(Spec spec, Buffer values) {
        return reference.create(spec, values);
    }

    @Override
    public void read(Storage storage, Buffer into) {
        reference.read(storage, into);
    }

    @Override
    public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
        List<Storage> rounded = new ArrayList<>();
        for (Storage exact : reference.run(operation, inputs, outputs, run)) {
            Spec spec = exact.spec();
            if (!spec.type().isFloating()) {
                rounded.add(exact);
                continue;
            }
            double[] values = new double[Math.toIntExact(spec.shape().elements())];
            reference.read(exact, DoubleBuffer.wrap(values));
            for (int i = 0; i < values.length; i++) {
                values[i] *= 1 + RELATIVE_ERROR * (2 * random.nextDouble() - 1);
            }
            rounded.add(reference.create(spec, DoubleBuffer.wrap(values)));
        }
        return rounded;
    }

    @Override
    public String describe() {
        return "float64 reference with random rounding";
    }
}
