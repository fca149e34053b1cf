package org.impasto.nn.style;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.impasto.core.BackendException;
import org.impasto.core.Parameter;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * What a method keeps of a style: statistics, patches or modulations, as tensors by name. It holds counts of its own
 * whatever scope is open, so it outlives the call that made it; close it. It may serve several threads.
 */
public final class StyleCode implements AutoCloseable {
    private final String method;
    private final Map<String, Parameter> tensors = new LinkedHashMap<>();
    private volatile boolean closed;

    /**
     * A code of tensors, which stay the caller's as well.
     *
     * @param method says which method it is for: two methods that can use each other's codes have the same
     */
    public StyleCode(String method, Map<String, Tensor> tensors) {
        this.method = method;
        tensors.forEach((name, tensor) -> this.tensors.put(name, new Parameter(name, tensor)));
    }

    /** The method that the code is for. */
    public String method() {
        return method;
    }

    /** The names of its tensors. */
    public Set<String> names() {
        return Set.copyOf(tensors.keySet());
    }

    /** A tensor, for the caller's scope. */
    public Tensor get(String name) {
        if (closed) {
            throw new BackendException("a style code of " + method + " was used after it was closed");
        }
        Parameter tensor = tensors.get(name);
        if (tensor == null) {
            throw new ShapeException("a style code of " + method + " has no '" + name + "'; it holds " + names());
        }
        return tensor.value();
    }

    /** Complains if this is not a code of a method. */
    public void checkFor(String expected) {
        if (!method.equals(expected)) {
            throw new ShapeException("the style code was prepared by " + method + ", expected one of " + expected
                    + ": prepare the style with the method that uses it");
        }
    }

    /** Gives the tensors back; calls that read them go on. */
    @Override
    public void close() {
        closed = true;
        tensors.values().forEach(Parameter::close);
    }
}
