package org.impasto.core.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.ElementType;
import org.jspecify.annotations.Nullable;

/**
 * What an unpickler may build beside {@code String}, {@code Long}, {@code BigInteger}, {@code Double} and
 * {@code Boolean}.
 */
sealed interface Pickled {
    /** Python's {@code None}. */
    enum None implements Pickled {
        NONE
    }

    /** A list; it may grow after it was put into another container. */
    record Sequence(List<Object> items) implements Pickled {
        Sequence() {
            this(new ArrayList<>());
        }
    }

    record Tuple(List<Object> items) implements Pickled {}

    /** A dictionary, ordered or not; keys are texts, numbers and truth values only. */
    record Dictionary(Map<Object, Object> items) implements Pickled {
        Dictionary() {
            this(new LinkedHashMap<>());
        }
    }

    /** A set; no allowed opcode fills it. */
    record EmptySet() implements Pickled {}

    /** A global that stands for a constructor of data; never looked up, only compared. */
    record Constructor(String module, String name) implements Pickled {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /**
     * Numbers that lie outside the pickle.
     *
     * @param key the name of the root storage
     * @param first element of the root storage at which this one begins
     * @param elements number of elements of this one
     * @param rootElements number of elements of the root storage
     */
    record StorageReference(String key, ElementType type, long first, long elements, long rootElements)
            implements Pickled {}

    /** A view of a storage, not yet checked against it. */
    record TensorReference(StorageReference storage, long offset, long[] sizes, long[] strides) implements Pickled {}

    /** What to call a value in a message. */
    static String describe(@Nullable Object value) {
        if (value instanceof Constructor constructor) {
            return "the global " + WeightTable.quote(constructor.toString());
        }
        if (value instanceof Pickled pickled) {
            return pickled.getClass().getSimpleName();
        }
        return value == null ? "a mark" : value.getClass().getSimpleName();
    }
}
