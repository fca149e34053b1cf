package org.impasto.nn.optim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.impasto.core.Tensor;

/**
 * What {@link Lbfgs} knows of a function's curvature: its last displacements, and the changes of the gradient along them.
 */
final class CurvatureHistory {
    /** What the names of displacements in a state begin with. */
    static final String DISPLACEMENT = "displacement.";

    /** What the names of changes in a state begin with. */
    static final String CHANGE = "change.";

    /** A pair with less curvature along its displacement would spoil the direction. */
    private static final double LEAST_CURVATURE = 1e-10;

    private final List<String> names;
    private final int most;
    private final Deque<Pair> pairs = new ArrayDeque<>();

    /** A displacement s and the change y of the gradient along it, with s y and s y / y y. */
    private record Pair(HeldVector displacement, HeldVector change, double curvature, double scale) {
        void close() {
            displacement.close();
            change.close();
        }
    }

    /**
     * An empty history.
     *
     * @param names of the parts of its vectors
     * @param most pairs, of which the last ones are kept
     */
    CurvatureHistory(List<String> names, int most) {
        this.names = names;
        this.most = most;
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    int size() {
        return pairs.size();
    }

    /** Takes in a pair, unless the function does not curve upwards along it. */
    void add(TensorVector displacement, TensorVector change) {
        double curvature = change.dot(displacement);
        if (!(curvature > LEAST_CURVATURE)) {
            return;
        }
        double scale = curvature / change.dot(change);
        if (pairs.size() == most) {
            pairs.removeFirst().close();
        }
        pairs.addLast(new Pair(
                new HeldVector(DISPLACEMENT, names, displacement),
                new HeldVector(CHANGE, names, change),
                curvature,
                scale));
    }

    /** The direction for a gradient, by the two loops over the pairs; straight down if there is none. */
    TensorVector direction(TensorVector gradient) {
        TensorVector direction = gradient.times(-1);
        if (pairs.isEmpty()) {
            return direction;
        }
        List<Double> weights = new ArrayList<>();
        Iterator<Pair> newestFirst = pairs.descendingIterator();
        while (newestFirst.hasNext()) {
            Pair pair = newestFirst.next();
            double weight = pair.displacement.value().dot(direction) / pair.curvature;
            weights.add(weight);
            direction = direction.plus(-weight, pair.change.value());
        }
        direction = direction.times(pairs.getLast().scale);
        int newest = pairs.size() - 1;
        for (Pair pair : pairs) {
            double own = pair.change.value().dot(direction) / pair.curvature;
            direction = direction.plus(weights.get(newest) - own, pair.displacement.value());
            newest--;
        }
        return direction;
    }

    /** Adds the pairs to a state, numbered from the oldest on. */
    void into(Map<String, Tensor> state) {
        int number = 0;
        for (Pair pair : pairs) {
            pair.displacement.into(state, DISPLACEMENT + number + ".", names);
            pair.change.into(state, CHANGE + number + ".", names);
            number++;
        }
    }

    /** Gives all pairs back. */
    void forget() {
        pairs.forEach(Pair::close);
        pairs.clear();
    }
}
