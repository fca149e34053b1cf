package org.impasto.nn.style;

import org.impasto.core.Edges;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.ConvTranspose2d;
import org.impasto.nn.tiling.Region;
import org.impasto.nn.tiling.Span;

/**
 * A convolution of a whole map 1 x C x H x W, or any region of its result from no more of the map than that depends on.
 */
sealed interface MapConvolution {
    /** The result for a whole map. */
    Tensor forward(Tensor map);

    /** The shape of the result for a map of some shape. */
    Shape result(Shape whole);

    /**
     * The cells of a map that cells of the result depend on.
     *
     * @param whole the shape of the map
     */
    Region input(Region result, Shape whole);

    /**
     * Some cells of the result.
     *
     * @param part the cells of the map that {@link #input} names
     */
    Tensor part(Tensor part, Region result, Shape whole);

    /**
     * Square windows over a map, each cell of which may be repeated first.
     *
     * @param doubling how often a cell is repeated along each axis
     */
    record Windows(Conv2d convolution, int kernel, int stride, int doubling) implements MapConvolution {
        @Override
        public Tensor forward(Tensor map) {
            return convolution.forward(enlarged(map));
        }

        @Override
        public Shape result(Shape whole) {
            return convolution.result(enlarged(whole));
        }

        @Override
        public Region input(Region result, Shape whole) {
            Edges padding = convolution.padding(enlarged(whole));
            return new Region(
                    input(result.rows(), padding.top(), whole.intSize(2)),
                    input(result.columns(), padding.left(), whole.intSize(3)));
        }

        private Span input(Span result, int padding, int size) {
            int first = Math.max(0, first(result, padding));
            int end = Math.min(size * doubling, end(result, padding));
            return new Span(first / doubling, (end + doubling - 1) / doubling);
        }

        private int first(Span result, int padding) {
            return result.start() * stride - padding;
        }

        private int end(Span result, int padding) {
            return (result.end() - 1) * stride - padding + kernel;
        }

        @Override
        public Tensor part(Tensor part, Region result, Shape whole) {
            Edges padding = convolution.padding(enlarged(whole));
            Region given = input(result, whole).enlarged(doubling);
            int top = given.rows().start() - first(result.rows(), padding.top());
            int bottom = end(result.rows(), padding.top()) - given.rows().end();
            int left = given.columns().start() - first(result.columns(), padding.left());
            int right = end(result.columns(), padding.left()) - given.columns().end();
            Tensor found = convolution.forwardPart(
                    enlarged(part),
                    new Edges(Math.max(left, 0), Math.max(right, 0), Math.max(top, 0), Math.max(bottom, 0)));
            // A repeated cell may be needed in part; then windows, of stride 1, began too early.
            return new Region(at(-top, result.rows()), at(-left, result.columns())).of(found);
        }

        private static Span at(int before, Span result) {
            int first = Math.max(0, before);
            return new Span(first, first + result.length());
        }

        private Shape enlarged(Shape map) {
            return map.with(2, doubling * map.size(2)).with(3, doubling * map.size(3));
        }

        private Tensor enlarged(Tensor map) {
            Shape shape = enlarged(map.shape());
            return doubling == 1 ? map : map.resize(shape.size(2), shape.size(3), Filter.NEAREST);
        }
    }

    /** A transposed convolution. */
    record Transposed(ConvTranspose2d convolution, int kernel, int stride) implements MapConvolution {
        @Override
        public Tensor forward(Tensor map) {
            return convolution.forward(map);
        }

        @Override
        public Shape result(Shape whole) {
            return convolution.result(whole);
        }

        @Override
        public Region input(Region result, Shape whole) {
            Edges cut = convolution.padding();
            return new Region(
                    input(result.rows(), cut.top(), whole.intSize(2)),
                    input(result.columns(), cut.left(), whole.intSize(3)));
        }

        private Span input(Span result, int cut, int size) {
            int first = Math.max(0, result.start() + cut - kernel + stride) / stride;
            int end = Math.min(size, (result.end() - 1 + cut) / stride + 1);
            return new Span(first, end);
        }

        @Override
        public Tensor part(Tensor part, Region result, Shape whole) {
            Edges cut = convolution.padding();
            Region given = input(result, whole);
            return convolution.forwardPart(
                    part,
                    new Edges(
                            before(given.columns(), result.columns(), cut.left()),
                            after(given.columns(), result.columns(), cut.left()),
                            before(given.rows(), result.rows(), cut.top()),
                            after(given.rows(), result.rows(), cut.top())));
        }

        private int before(Span given, Span result, int cut) {
            return result.start() + cut - given.start() * stride;
        }

        private int after(Span given, Span result, int cut) {
            return (given.end() - 1) * stride + kernel - result.end() - cut;
        }
    }
}
