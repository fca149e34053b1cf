package org.impasto.core;

/** A backend that adds something to another: an operation runs on the outermost backend among its operands. */
public interface Decorator extends Backend {
    /** The backend that computes. */
    Backend inner();

    /** A storage of this backend that stands for one of the inner backend, as a constant; it takes a count of its own. */
    Storage lift(Storage inner);
}
