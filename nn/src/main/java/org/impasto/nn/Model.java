package org.impasto.nn;

import java.nio.file.Path;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Scope;
import org.impasto.core.weights.WeightFile;

/**
 * A network with its weights. It may serve several threads at once; closing it while calls run lets them finish.
 *
 * @param <N> the network's class
 */
public final class Model<N> implements AutoCloseable {
    private final N net;
    private final ParameterSet weights;

    private Model(N net, ParameterSet weights) {
        this.net = net;
        this.weights = weights;
    }

    /**
     * Builds a network from any source; afterwards nothing of the source may be left over.
     *
     * @param constructor of the network, which asks for its parameters
     */
    public static <N> Model<N> build(Backend backend, ParameterSource source, Function<Parameters, N> constructor) {
        ParameterSet weights = new ParameterSet();
        boolean built = false;
        try (Scope scope = Scope.open()) {
            N net = constructor.apply(new Parameters(source, weights, backend, ""));
            source.finish();
            built = true;
            return new Model<>(net, weights);
        } finally {
            if (!built) {
                weights.close();
            }
        }
    }

    /** Builds a network with new weights. */
    public static <N> Model<N> fresh(Backend backend, long seed, Function<Parameters, N> constructor) {
        return build(backend, ParameterSource.fresh(seed), constructor);
    }

    /** Builds a network with the weights of a file that names them as the network does. */
    public static <N> Model<N> load(Backend backend, Path path, Function<Parameters, N> constructor) {
        return load(backend, path, WeightNames.asInFile(), constructor);
    }

    /** Builds a network with the weights of a file that has names of its own. */
    public static <N> Model<N> load(
            Backend backend, Path path, WeightNames names, Function<Parameters, N> constructor) {
        try (WeightFile file = WeightFile.open(path)) {
            return build(backend, ParameterSource.file(file, names), constructor);
        }
    }

    /** The network. */
    public N net() {
        return net;
    }

    /** Its parameters. */
    public ParameterSet weights() {
        return weights;
    }

    /** Writes the weights to a safetensors file, as float32; the old file stays if that fails. */
    public void save(Path path) {
        weights.save(path);
    }

    /** Gives the weights back. */
    @Override
    public void close() {
        weights.close();
    }
}
