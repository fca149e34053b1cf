package org.impasto.nn.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** What a training minimises, one element, and metrics that are written beside it. */
public final class Loss {
    private final Tensor value;
    private final Map<String, Tensor> metrics;

    private Loss(Tensor value, Map<String, Tensor> metrics) {
        this.value = value;
        this.metrics = metrics;
    }

    /** A loss without metrics. */
    public static Loss of(Tensor value) {
        checkScalar("the loss", value);
        return new Loss(value, Map.of());
    }

    /** This loss with one more metric, of one element: a column of that name in the CSV file. */
    public Loss with(String name, Tensor metric) {
        checkScalar("metric " + name, metric);
        if (!name.matches("[A-Za-z][A-Za-z0-9_.-]*") || MetricsFile.OWN_COLUMNS.contains(name)) {
            throw new IllegalArgumentException("a metric is called '" + name
                    + "', expected letters, digits, _ . and -, " + "and none of " + MetricsFile.OWN_COLUMNS);
        }
        Map<String, Tensor> more = new LinkedHashMap<>(metrics);
        if (more.put(name, metric) != null) {
            throw new IllegalArgumentException("two metrics are called '" + name + "'");
        }
        return new Loss(value, more);
    }

    /** What is minimised. */
    public Tensor value() {
        return value;
    }

    /** The metrics, in the order they were added. */
    public Map<String, Tensor> metrics() {
        return Collections.unmodifiableMap(metrics);
    }

    private static void checkScalar(String what, Tensor tensor) {
        if (tensor.shape().elements() != 1) {
            throw new ShapeException(
                    what + " is " + tensor.spec() + ", expected one element; reduce it with sum() or mean()");
        }
    }
}
