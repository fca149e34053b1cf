package org.impasto.core.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.impasto.core.WeightException;

/** Turns what a pickle built into tensors and plain values by dotted path. */
final class PickleTree {
    // A structure whose parts share each other can be small in the file and endless when walked.
    private static final int MAX_VISITS = 1_000_000;
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_PATH = 1024;

    private final String file;
    private final BiFunction<String, Pickled.TensorReference, StoredTensor> resolve;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private int visits;

    private PickleTree(String file, BiFunction<String, Pickled.TensorReference, StoredTensor> resolve) {
        this.file = file;
        this.resolve = resolve;
    }

    /**
     * Walks from the root.
     *
     * @param resolve finds and checks a tensor; its first argument begins its messages
     */
    static WeightTable flatten(
            String file,
            String format,
            Object root,
            BiFunction<String, Pickled.TensorReference, StoredTensor> resolve) {
        PickleTree tree = new PickleTree(file, resolve);
        tree.visit("", root, 0);
        return new WeightTable(format, tree.tensors, Map.of(), tree.values);
    }

    private void visit(String path, Object value, int depth) {
        if (++visits > MAX_VISITS) {
            throw new WeightException(
                    file + ": its containers hold more than " + MAX_VISITS + " values when written out");
        }
        if (depth > MAX_DEPTH) {
            throw new WeightException(
                    file + ", " + WeightTable.quote(path) + ": containers nested deeper than " + MAX_DEPTH);
        }
        if (value instanceof Pickled.TensorReference tensor) {
            String name = path.isEmpty() ? WeightFile.ONLY_TENSOR : path;
            add(tensors, name, resolve.apply(file + ", tensor " + WeightTable.quote(name), tensor));
        } else if (value instanceof Pickled.Dictionary dictionary) {
            dictionary.items().forEach((key, item) -> visit(join(path, key.toString()), item, depth + 1));
        } else if (value instanceof Pickled.Sequence list) {
            visitItems(path, list.items(), depth);
        } else if (value instanceof Pickled.Tuple tuple) {
            visitItems(path, tuple.items(), depth);
        } else if (!(value instanceof Pickled)) {
            add(values, path, value);
        }
    }

    private void visitItems(String path, List<Object> items, int depth) {
        if (!items.isEmpty() && items.stream().noneMatch(Pickled.class::isInstance)) {
            visits += items.size();
            add(values, path, List.copyOf(items));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            visit(join(path, Integer.toString(i)), items.get(i), depth + 1);
        }
    }

    private String join(String path, String key) {
        String joined = path.isEmpty() ? key : path + "." + key;
        if (joined.length() > MAX_PATH) {
            throw new WeightException(file + ", " + WeightTable.quote(joined) + ": a path longer than " + MAX_PATH);
        }
        return joined;
    }

    private <V> void add(Map<String, V> entries, String path, V value) {
        if (tensors.size() + values.size() == MAX_ENTRIES) {
            throw new WeightException(file + ": holds more than " + MAX_ENTRIES + " tensors and values");
        }
        if (tensors.containsKey(path) || values.containsKey(path)) {
            throw new WeightException(file + ", " + WeightTable.quote(path) + ": two values have this path");
        }
        entries.put(path, value);
    }
}
