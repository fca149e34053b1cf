package org.impasto.testing.golden;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.core.weights.WeightFile;

/**
 * One golden file: inputs {@code in.*}, parameters {@code w.*}, results {@code out.*} and gradients {@code grad.*}, with
 * options and the errors that another float32 implementation makes.
 */
public final class GoldenCase implements AutoCloseable {
    private final Path path;
    private final WeightFile file;
    private final GoldenConfig config;

    private GoldenCase(Path path, WeightFile file) {
        this.path = path;
        this.file = file;
        this.config = GoldenConfig.parse(file.metadata().getOrDefault("config", "{}"));
    }

    /** Opens a golden file; tensors are read when they are asked for. */
    public static GoldenCase open(Path path) {
        WeightFile file = WeightFile.open(path);
        try {
            return new GoldenCase(path, file);
        } catch (RuntimeException broken) {
            file.close();
            throw broken;
        }
    }

    /** The file's name without its ending. */
    public String name() {
        return String.valueOf(path.getFileName()).replaceFirst("\\.safetensors$", "");
    }

    /** The file; what {@link GoldenConfig} names is found beside it. */
    public Path path() {
        return path;
    }

    /** What is computed; empty for a file that only holds weights for others. */
    public String op() {
        return config.text("op", "");
    }

    /** The options. */
    public GoldenConfig config() {
        return config;
    }

    /** What is computed, in a sentence. */
    public String what() {
        return file.metadata().getOrDefault("what", "");
    }

    /** The file as a source of weights. */
    public WeightFile file() {
        return file;
    }

    /** Names of the tensors that begin with a prefix, such as {@code in.}; with the prefix. */
    public List<String> names(String prefix) {
        return file.names().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    /** Whether there is such a tensor. */
    public boolean has(String name) {
        return file.has(name);
    }

    /** Shape and stored type of a tensor. */
    public Spec spec(String name) {
        return file.spec(name);
    }

    /** The values of a tensor. */
    public double[] values(String name) {
        return file.readDoubles(name);
    }

    /** A tensor in its stored type; integers and truth values as INT64, half precisions as FLOAT32. */
    public Tensor tensor(Backend backend, String name) {
        Spec spec = file.spec(name);
        if (spec.type() == ElementType.FLOAT64) {
            return Tensor.ofDoubles(backend, spec.shape(), file.readDoubles(name));
        }
        if (spec.type().isFloating()) {
            return Tensor.of(backend, spec.shape(), file.readFloats(name));
        }
        return Tensor.ofLongs(backend, spec.shape(), file.readLongs(name));
    }

    /** All tensors that begin with one of some prefixes, by their full names. */
    public Map<String, Tensor> tensors(Backend backend, String... prefixes) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String prefix : prefixes) {
            for (String name : names(prefix)) {
                tensors.put(name, tensor(backend, name));
            }
        }
        return tensors;
    }

    /** The largest error that another float32 implementation makes in a tensor; 0 where the file does not say. */
    public double peerError(String name) {
        double worst = number(name.startsWith("grad.") ? "peer_f32_max_abs_err_grad" : "peer_f32_max_abs_err");
        return each("peer_f32_errs").number(name, worst);
    }

    /** Its error in a tensor as a relative L2 norm; -1 where the file does not say. */
    public double peerRelativeL2(String name) {
        return each("peer_f32_rel_l2").number(name, -1);
    }

    private GoldenConfig each(String key) {
        String text = file.metadata().getOrDefault(key, "{}");
        return GoldenConfig.parse(text.startsWith("{") ? text : "{}");
    }

    private double number(String key) {
        String text = file.metadata().getOrDefault(key, "null");
        return text.equals("null") ? 0 : Double.parseDouble(text);
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return name() + " (" + op() + ")";
    }
}
