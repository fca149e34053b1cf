package org.impasto.nn.tiling;

import org.impasto.core.Tensor;

/** One tile of a picture: the cells that it answers for, and those that a network must see to compute them. */
public final class Tile {
    private final int height;
    private final int width;
    private final int index;
    private final Region core;
    private final Region input;

    Tile(int height, int width, int index, Region core, Region input) {
        this.height = height;
        this.width = width;
        this.index = index;
        this.core = core;
        this.input = input;
    }

    /** Its number in the grid, from 0 on: row by row. */
    public int index() {
        return index;
    }

    /** The part of the picture that is this tile's; the cores of all tiles make up the picture. */
    public Region core() {
        return core;
    }

    /** The part of the picture that a network must be given: the core and its surroundings. */
    public Region input() {
        return input;
    }

    /** The cells of the result for the whole picture that this tile answers for. */
    public Region result(ReceptiveField field) {
        return new Region(result(field, core.rows(), height), result(field, core.columns(), width));
    }

    private static Span result(ReceptiveField field, Span core, int size) {
        return new Span(
                field.position(core.start()), core.end() == size ? field.size(size) : field.position(core.end()));
    }

    /** Of what a network made of {@link #input()}, the cells that this tile answers for. */
    public Tensor own(Tensor result, ReceptiveField field) {
        return cut(result, field, result(field));
    }

    /** Of what a network made of {@link #input()}, some cells, named by where they lie in the whole result. */
    public Tensor cut(Tensor result, ReceptiveField field, Region cells) {
        return field.cut(result, input, cells);
    }

    @Override
    public String toString() {
        return "tile " + index + " (" + core + ", seen from " + input + ")";
    }
}
